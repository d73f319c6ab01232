import type { Clock, Timer } from '@modvirt/core/ports';
import { encodeMessage, type MessageHeader, messageStatuses, messageTypes } from '@modvirt/core/wire';

const KEEPALIVE_PROGRAM = 0x6b656570;
const KEEPALIVE_VERSION = 1;
const PING = 1;
const PONG = 2;
const NOTHING = new Uint8Array(0);

function keepaliveMessage(procedure: number): Uint8Array {
  const header: MessageHeader = {
    program: KEEPALIVE_PROGRAM,
    version: KEEPALIVE_VERSION,
    procedure,
    type: messageTypes.message,
    serial: 0,
    status: messageStatuses.ok,
  };
  return encodeMessage(header, NOTHING);
}

/** Whether it is a sign of life; anything else under that program number is a call to a program that nobody serves. */
export function isKeepalive({ program, version, type }: MessageHeader): boolean {
  return program === KEEPALIVE_PROGRAM && version === KEEPALIVE_VERSION && type === messageTypes.message;
}

export interface KeepaliveOptions {
  readonly clock: Clock;
  readonly intervalSeconds: number;
  readonly count: number;
  send(bytes: Uint8Array): void;
  /** False while the client is not read: it cannot be heard then. */
  isListening(): boolean;
  /** Nothing was heard for too long. */
  onDead(): void;
}

/** Signs of life, both ways: answers pings at once, and asks a client that has said it can answer. */
export class ClientKeepalive {
  readonly #options: KeepaliveOptions;
  #timer: Timer | undefined;
  #unanswered = 0;
  #heardMs = 0;

  constructor(options: KeepaliveOptions) {
    this.#options = options;
  }

  /** The client can answer: from now on it is asked when it is silent. */
  start(): void {
    if (this.#timer !== undefined || this.#options.intervalSeconds <= 0) return;
    this.heard(this.#options.clock.monotonicMs());
    this.#arm(this.#options.intervalSeconds * 1000);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Any message is a sign of life. */
  heard(nowMs: number): void {
    this.#unanswered = 0;
    this.#heardMs = nowMs;
  }

  /** Takes a message of the keepalive program. */
  receive(procedure: number): void {
    if (procedure === PING) this.#options.send(keepaliveMessage(PONG));
  }

  #arm(delayMs: number): void {
    this.#timer = this.#options.clock.setTimer(delayMs, () => this.#tick());
  }

  #tick(): void {
    const intervalMs = this.#options.intervalSeconds * 1000;
    if (!this.#options.isListening()) this.heard(this.#options.clock.monotonicMs());
    const silentMs = this.#options.clock.monotonicMs() - this.#heardMs;
    const dueMs = intervalMs * (this.#unanswered + 1);
    if (silentMs < dueMs) {
      this.#arm(dueMs - silentMs);
      return;
    }
    if (this.#unanswered >= this.#options.count) {
      this.#timer = undefined;
      this.#options.onDead();
      return;
    }
    this.#unanswered += 1;
    this.#options.send(keepaliveMessage(PING));
    this.#arm(intervalMs);
  }
}
