import type { IncomingMessage } from './message-source.js';

export interface CallQueueOptions {
  /** Calls that are served at a time; as many more of those that never wait for a guest. */
  readonly places: number;
  isHigh(message: IncomingMessage): boolean;
  /** Whether calls may begin now: answers must have somewhere to go. */
  mayBegin(): boolean;
  /** Never throws and never rejects. */
  serve(message: IncomingMessage): void | Promise<void>;
  /** Room has become free. */
  onChange(): void;
}

/** What waiting calls may take before their client is not read any more. */
const BACKLOG_BYTES = 256 * 1024;
const MESSAGE_COST_BYTES = 256;

/**
 * The calls of one client: so many are served at a time, the others wait in order. Calls that never wait for a guest have places
 * of their own, so that they are answered while others hang.
 */
export class CallQueue {
  readonly #options: CallQueueOptions;
  readonly #high: Lane;
  readonly #low: Lane;

  constructor(options: CallQueueOptions) {
    this.#options = options;
    this.#high = new Lane(options.places);
    this.#low = new Lane(options.places);
  }

  /** Whether more is waiting than a client should send ahead. */
  get isFull(): boolean {
    return this.#high.waitingBytes + this.#low.waitingBytes > BACKLOG_BYTES;
  }

  get waiting(): number {
    return this.#high.waiting + this.#low.waiting;
  }

  add(message: IncomingMessage): void {
    const lane = this.#options.isHigh(message) ? this.#high : this.#low;
    if (lane.hasPlace && this.#options.mayBegin()) this.#begin(lane, message);
    else lane.wait(message);
  }

  /** Begins what waits and has a place. */
  pump(): void {
    for (const lane of [this.#high, this.#low]) {
      while (lane.hasWaiting && lane.hasFreePlace && this.#options.mayBegin()) {
        const message = lane.take();
        if (message !== undefined) this.#begin(lane, message);
      }
    }
  }

  /** Forgets what waits. @returns it */
  clear(): readonly IncomingMessage[] {
    return [...this.#high.clear(), ...this.#low.clear()];
  }

  #begin(lane: Lane, message: IncomingMessage): void {
    lane.running += 1;
    const served = this.#options.serve(message);
    if (served === undefined) {
      lane.running -= 1;
      return;
    }
    void served.then(() => {
      lane.running -= 1;
      if (!lane.hasWaiting) return;
      this.pump();
      this.#options.onChange();
    });
  }
}

class Lane {
  running = 0;
  waitingBytes = 0;
  readonly #places: number;
  #waiting: IncomingMessage[] = [];
  #head = 0;

  constructor(places: number) {
    this.#places = places;
  }

  get hasFreePlace(): boolean {
    return this.running < this.#places;
  }

  get waiting(): number {
    return this.#waiting.length - this.#head;
  }

  get hasWaiting(): boolean {
    return this.#head < this.#waiting.length;
  }

  /** Whether one that comes now may begin: nobody came before it. */
  get hasPlace(): boolean {
    return this.hasFreePlace && !this.hasWaiting;
  }

  wait(message: IncomingMessage): void {
    this.#waiting.push(message);
    this.waitingBytes += costOf(message);
  }

  take(): IncomingMessage | undefined {
    const message = this.#waiting[this.#head];
    if (message === undefined) return undefined;
    this.#head += 1;
    this.waitingBytes -= costOf(message);
    if (this.#head > 64 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return message;
  }

  clear(): readonly IncomingMessage[] {
    const left = this.#waiting.slice(this.#head);
    this.#waiting = [];
    this.#head = 0;
    this.waitingBytes = 0;
    return left;
  }
}

function costOf(message: IncomingMessage): number {
  return message.payload.length + MESSAGE_COST_BYTES;
}
