import type { Clock } from '../ports/clock.js';

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

/** A clock that stands still until `advance` moves it. */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  constructor(startMs = 1_234_567_890_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
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
