import type { Clock, Timer } from '../ports/clock.js';

interface PendingTimer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** A clock that stands still until `advance` moves it. */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<PendingTimer>();

  constructor(startMs = 1_234_567_890_000) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, run: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  /** Moves time forward and runs what falls due, earliest first. */
  advance(ms: number): void {
    this.#nowMs += ms;
    const due = [...this.#timers]
      .filter((timer) => timer.dueMs <= this.#nowMs)
      .sort((a, b) => a.dueMs - b.dueMs);
    for (const timer of due) {
      this.#timers.delete(timer);
      timer.run();
    }
  }
}
