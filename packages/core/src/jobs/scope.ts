import type { Logger } from '../ports/logger.js';

/** Owner of background work: nothing of it outlives `close`. */
export class Scope {
  readonly #controller = new AbortController();
  readonly #running = new Map<Promise<void>, string>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Names of what still runs. */
  get running(): readonly string[] {
    return [...this.#running.values()];
  }

  /** Starts `run` now. What it throws is logged, unless the scope is being closed. */
  spawn(name: string, run: (signal: AbortSignal) => Promise<void>): void {
    const work = run(this.signal).catch((error: unknown) => {
      if (!this.signal.aborted) this.#log.error('background work failed', { name, error });
    });
    this.#running.set(work, name);
    void work.finally(() => this.#running.delete(work));
  }

  /** Aborts everything and waits for it to end. */
  async close(reason?: unknown): Promise<void> {
    this.#controller.abort(reason);
    while (this.#running.size > 0) await Promise.all(this.#running.keys());
  }
}
