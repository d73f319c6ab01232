import type { CallStream, StreamItem } from '../driver/call.js';
import { VirError } from '../errors/vir-error.js';

/** The daemon's end and the caller's end of a stream in memory. Each direction holds so many pieces. */
export function streamPair(capacity = 4): { readonly caller: CallStream; readonly daemon: CallStream } {
  const state = new SharedStream();
  const up = new Direction(capacity, state);
  const down = new Direction(capacity, state);
  return { caller: new End(down, up, state), daemon: new End(up, down, state) };
}

class SharedStream {
  readonly controller = new AbortController();
  error: VirError | undefined;
  readonly wakers = new Set<() => void>();

  changed(): void {
    for (const wake of [...this.wakers]) wake();
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      if (this.error !== undefined) throw this.error;
      await new Promise<void>((wake) => {
        const once = (): void => {
          this.wakers.delete(once);
          wake();
        };
        this.wakers.add(once);
      });
    }
  }
}

class Direction {
  readonly items: StreamItem[] = [];
  isFinished = false;
  readonly #capacity: number;
  readonly #state: SharedStream;

  constructor(capacity: number, state: SharedStream) {
    this.#capacity = capacity;
    this.#state = state;
  }

  async put(item: StreamItem): Promise<void> {
    if (this.#state.error !== undefined) throw this.#state.error;
    if (this.isFinished) throw VirError.of('INVALID_STREAM', 'stream is finished');
    this.items.push(item);
    this.#state.changed();
    await this.#state.until(() => this.items.length <= this.#capacity);
  }

  async take(): Promise<StreamItem | undefined> {
    await this.#state.until(() => this.items.length > 0 || this.isFinished);
    const item = this.items.shift();
    this.#state.changed();
    return item;
  }
}

class End implements CallStream {
  readonly #incoming: Direction;
  readonly #outgoing: Direction;
  readonly #state: SharedStream;

  constructor(incoming: Direction, outgoing: Direction, state: SharedStream) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#state = state;
  }

  get signal(): AbortSignal {
    return this.#state.controller.signal;
  }

  async read(): Promise<StreamItem | undefined> {
    if (this.#state.error !== undefined) throw this.#state.error;
    return this.#incoming.take();
  }

  write(bytes: Uint8Array): Promise<void> {
    return bytes.length === 0 ? Promise.resolve() : this.#outgoing.put({ type: 'data', bytes });
  }

  writeHole(length: bigint): Promise<void> {
    return this.#outgoing.put({ type: 'hole', length });
  }

  finish(): void {
    this.#outgoing.isFinished = true;
    this.#state.changed();
    if (this.#incoming.isFinished) this.#state.controller.abort();
  }

  abort(error: VirError): void {
    if (this.signal.aborted) return;
    this.#state.error = error;
    this.#state.controller.abort(error);
    this.#state.changed();
  }
}
