import type { Clock, Timer } from '../ports/clock.js';
import type { FrameLink } from './frame-link.js';

export interface KeepaliveLimits {
  /** Silence after which the peer is asked for a sign of life. */
  readonly intervalMs: number;
  /** So many unanswered, and the link is taken for dead. */
  readonly count: number;
}

export interface KeepaliveOptions {
  readonly clock: Clock;
  readonly limits: KeepaliveLimits;
  /** Whether anything is expected of the peer at all; who waits for nothing does not ask. */
  isWaiting(): boolean;
}

/** Notices a peer that does not answer any more though its socket is open. */
export class Keepalive {
  readonly #link: FrameLink;
  readonly #options: KeepaliveOptions;
  #timer: Timer | undefined;
  #seenChunks = 0;
  #unanswered = 0;

  constructor(link: FrameLink, options: KeepaliveOptions) {
    this.#link = link;
    this.#options = options;
  }

  start(): void {
    const { clock, limits } = this.#options;
    this.#timer = clock.setTimer(limits.intervalMs, () => this.#look(), { holds: false });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #look(): void {
    const chunks = this.#link.receivedChunks;
    if (chunks !== this.#seenChunks || !this.#options.isWaiting()) this.#unanswered = 0;
    else if (this.#unanswered >= this.#options.limits.count) {
      this.#link.destroy(new Error('daemon does not answer keepalive messages'));
      return;
    } else {
      this.#unanswered++;
      this.#link.send({ type: 'ping' });
    }
    this.#seenChunks = chunks;
    this.start();
  }
}
