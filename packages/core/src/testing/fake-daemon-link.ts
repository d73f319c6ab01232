import { VirError } from '../errors/vir-error.js';
import type { Procedure } from '../protocol/procedure.js';
import type {
  CallOptions,
  CallResult,
  DaemonEvent,
  DaemonLink,
  EventGap,
  OpenOptions,
  RemoteSession,
} from '../rpc/remote-session.js';

/** A call as it arrived at the fake daemon. */
export interface FakeCall {
  readonly session: OpenOptions;
  readonly program: number;
  readonly row: Procedure;
  readonly args: unknown;
  readonly options: CallOptions;
}

type Answer = CallResult | Promise<CallResult>;

/** What a fake daemon answers when it has nothing else to say. */
export const emptyResult = (values: unknown = {}): CallResult => ({ values, descriptors: [] });

/** A daemon in memory: answers what it is told to, remembers what it was asked, and tells of events. */
export class FakeDaemonLink implements DaemonLink {
  readonly daemon: string;
  readonly sessions: OpenOptions[] = [];
  readonly calls: FakeCall[] = [];
  closedSessions = 0;
  subscriptions = 0;
  /** Thrown by `openSession`. */
  refusal: VirError | undefined;
  /** Held back until it resolves. */
  subscribing: Promise<void> = Promise.resolve();
  readonly #answer: (call: FakeCall) => Answer;
  readonly #feeds = new Set<Feed>();
  readonly #onLost = new Set<() => void>();
  #sequence = 0;

  constructor(daemon: string, answer: (call: FakeCall) => Answer = () => emptyResult()) {
    this.daemon = daemon;
    this.#answer = answer;
  }

  async openSession(options: OpenOptions): Promise<RemoteSession> {
    if (this.refusal !== undefined) throw this.refusal;
    this.sessions.push(options);
    let isClosed = false;
    return {
      uri: options.uri,
      call: async (program, row, args, callOptions = {}) => {
        if (isClosed) throw VirError.of('RPC', 'the session is closed', { domain: 'RPC' });
        const call = { session: options, program, row, args, options: callOptions };
        this.calls.push(call);
        return this.#answer(call);
      },
      close: async () => {
        isClosed = true;
        this.closedSessions += 1;
      },
    };
  }

  async subscribe({
    signal,
  }: {
    readonly signal: AbortSignal;
  }): Promise<AsyncIterable<DaemonEvent | EventGap>> {
    await this.subscribing;
    this.subscriptions += 1;
    const feed = new Feed();
    this.#feeds.add(feed);
    signal.addEventListener('abort', () => feed.end(), { once: true });
    return feed;
  }

  emit(event: Omit<DaemonEvent, 'epoch' | 'sequence'>): void {
    this.#sequence += 1;
    for (const feed of this.#feeds) feed.push({ ...event, epoch: 'fake', sequence: this.#sequence });
  }

  onLost(listener: () => void): () => void {
    this.#onLost.add(listener);
    return () => void this.#onLost.delete(listener);
  }

  /** The daemon went away and does not come back. */
  lose(): void {
    for (const tell of [...this.#onLost]) tell();
  }

  async close(): Promise<void> {
    for (const feed of this.#feeds) feed.end();
  }
}

class Feed implements AsyncIterable<DaemonEvent | EventGap> {
  readonly #waiting: (DaemonEvent | EventGap)[] = [];
  #wake: () => void = () => undefined;
  #isOver = false;

  push(event: DaemonEvent): void {
    this.#waiting.push(event);
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DaemonEvent | EventGap, void> {
    for (;;) {
      const event = this.#waiting.shift();
      if (event !== undefined) yield event;
      else if (this.#isOver) return;
      else {
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
      }
    }
  }
}
