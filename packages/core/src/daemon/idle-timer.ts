import type { Clock, Timer } from '../ports/clock.js';

export interface IdleTimerOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Whether nothing goes on that the timer was not told of. */
  isIdle(): boolean;
  onExpired(): void;
}

/** Notices that a daemon has had nothing to do for a while. */
export class IdleTimer {
  readonly #options: IdleTimerOptions;
  #holds = 0;
  #timer: Timer | undefined;

  constructor(options: IdleTimerOptions) {
    this.#options = options;
  }

  /** Something goes on until the returned function is called. */
  hold(): () => void {
    this.#holds++;
    let isHeld = true;
    this.look();
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds--;
      this.look();
    };
  }

  /** Something has come or gone. */
  look(): void {
    const isIdle = this.#holds === 0 && this.#options.isIdle();
    if (!isIdle) this.stop();
    else this.#timer ??= this.#start();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #start(): Timer {
    return this.#options.clock.setTimer(this.#options.timeoutMs, () => {
      this.#timer = undefined;
      if (this.#holds === 0 && this.#options.isIdle()) this.#options.onExpired();
      // What does not tell when it ends (a job) is looked at again after the same time.
      else this.#timer = this.#start();
    });
  }
}
