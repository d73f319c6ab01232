import { eventToWire } from '../rpc/event-frame.js';
import type { DaemonEvent, EventGap, EventPosition } from '../rpc/remote-session.js';

export interface EventLogOptions {
  /** Names this run of the daemon. */
  readonly epoch: string;
  encode(value: unknown): Uint8Array;
  readonly maxEvents?: number;
  readonly maxBytes?: number;
}

export type EmittedEvent = Omit<DaemonEvent, 'epoch' | 'sequence'>;

/** What a subscriber gets next. A gap names the event after which it goes on. */
export type EventStep =
  | { readonly type: 'event'; readonly bytes: Uint8Array }
  | { readonly type: 'gap'; readonly reason: EventGap['reason']; readonly sequence: number };

/** Reads the log at its own pace; it costs the log nothing to be slow, the slow one loses its place in the end. */
export interface EventCursor {
  next(): EventStep | undefined;
  close(): void;
}

const MAX_EVENTS = 10_000;
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * All events of one run of a daemon, numbered from 1, the latest of them kept. Each is encoded once, whoever subscribes.
 */
export class EventLog {
  readonly epoch: string;
  readonly #options: EventLogOptions;
  readonly #wakers = new Set<() => void>();
  /** Encoded events; `#kept[#head]` is number `#first`. */
  #kept: Uint8Array[] = [];
  #head = 0;
  #first = 1;
  #bytes = 0;

  constructor(options: EventLogOptions) {
    this.epoch = options.epoch;
    this.#options = options;
  }

  /** Number of the latest event; 0 before the first. */
  get last(): number {
    return this.#first + this.#count - 1;
  }

  get subscribers(): number {
    return this.#wakers.size;
  }

  get #count(): number {
    return this.#kept.length - this.#head;
  }

  /** @returns the event's number */
  emit(event: EmittedEvent): number {
    const sequence = this.last + 1;
    // A copy of its own: the encoder's buffer is larger and would be kept as a whole.
    const bytes = new Uint8Array(this.#options.encode(eventToWire({ ...event, sequence })));
    this.#kept.push(bytes);
    this.#bytes += bytes.length;
    this.#forgetOldest();
    for (const wake of this.#wakers) wake();
    return sequence;
  }

  /**
   * @param from the last event seen; absent: from now on
   * @param wake called when there is something new
   */
  subscribe(from: EventPosition | undefined, wake: () => void): EventCursor {
    const ourEpoch = from === undefined || from.epoch === this.epoch;
    let seen = from === undefined ? this.last : ourEpoch ? from.sequence : 0;
    // Events of an earlier run that the subscriber has missed are gone; those of this run it has not seen.
    let expired = !ourEpoch || seen > this.last || seen < this.#first - 1;
    this.#wakers.add(wake);
    return {
      next: () => {
        const missed = seen < this.#first - 1 || seen > this.last;
        if (expired || missed) {
          if (missed) seen = expired ? this.#first - 1 : this.last;
          const reason = expired ? 'expired' : 'slow';
          expired = false;
          return { type: 'gap', reason, sequence: seen };
        }
        const bytes = this.#kept[this.#head + seen - this.#first + 1];
        if (bytes === undefined) return undefined;
        seen++;
        return { type: 'event', bytes };
      },
      close: () => void this.#wakers.delete(wake),
    };
  }

  #forgetOldest(): void {
    const { maxEvents = MAX_EVENTS, maxBytes = MAX_BYTES } = this.#options;
    while (this.#count > maxEvents || (this.#bytes > maxBytes && this.#count > 1)) {
      this.#bytes -= this.#kept[this.#head]?.length ?? 0;
      this.#head++;
      this.#first++;
    }
    if (this.#head > 1024 && this.#head > this.#kept.length / 2) {
      this.#kept = this.#kept.slice(this.#head);
      this.#head = 0;
    } else if (this.#head > 0) {
      this.#kept.fill(new Uint8Array(0), this.#head - 1, this.#head);
    }
  }
}
