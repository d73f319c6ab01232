import type { Clock, Timer } from '@modvirt/core/ports';
import { encodeMessage, type MessageHeader, messageStatuses, messageTypes } from '@modvirt/core/wire';

export const KEEPALIVE_PROGRAM = 0x6b656570;
const PING = 1;
const PONG = 2;
const NOTHING = new Uint8Array(0);

function keepaliveMessage(procedure: number): Uint8Array {
  const header: MessageHeader = {
    program: KEEPALIVE_PROGRAM,
    version: 1,
    procedure,
    type: messageTypes.message,
    serial: 0,
    status: messageStatuses.ok,
  };
  return encodeMessage(header, NOTHING);
}

export interface KeepaliveOptions {
  readonly clock: Clock;
  readonly intervalSeconds: number;
  readonly count: number;
  send(bytes: Uint8Array): void;
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
    this.heard();
    this.#arm(this.#options.intervalSeconds * 1000);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Any message is a sign of life. */
  heard(): void {
    this.#unanswered = 0;
    this.#heardMs = this.#options.clock.monotonicMs();
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
