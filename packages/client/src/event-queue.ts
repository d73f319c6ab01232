import type { DaemonEvent, EventGap } from '@modvirt/core/rpc';

type Item = DaemonEvent | EventGap;

const MAX_WAITING = 10_000;

/** Events on their way to the one who iterates. Too many for a slow one become a gap. */
export class EventQueue implements AsyncIterable<Item>, AsyncIterator<Item, undefined> {
  readonly #waiting: Item[] = [];
  readonly #onReturn: () => void;
  #wake: (() => void) | undefined;
  #isOver = false;
  #error: unknown;

  /** @param onReturn called when whoever iterates has had enough */
  constructor(onReturn: () => void) {
    this.#onReturn = onReturn;
  }

  push(item: Item): void {
    if (this.#isOver) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting.length = 0;
      this.#waiting.push({ type: 'gap', reason: 'slow' });
    }
    this.#waiting.push(item);
    this.#wake?.();
  }

  /** What waits is still handed out. */
  end(error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#error = error;
    this.#wake?.();
  }

  [Symbol.asyncIterator](): AsyncIterator<Item, undefined> {
    return this;
  }

  async next(): Promise<IteratorResult<Item, undefined>> {
    for (;;) {
      const value = this.#waiting.shift();
      if (value !== undefined) return { done: false, value };
      if (this.#isOver) {
        if (this.#error !== undefined) throw this.#error;
        return { done: true, value: undefined };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    this.end();
    this.#onReturn();
    return { done: true, value: undefined };
  }
}
