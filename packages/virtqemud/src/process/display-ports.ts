/** First and last port. */
export interface PortRanges {
  readonly display: readonly [number, number];
  readonly webSocket: readonly [number, number];
}

/** Ports of displays: handed out lowest first, given back when the guest ends. */
export class DisplayPorts {
  readonly #taken = new Map<number, number>();
  readonly #ranges: PortRanges;

  constructor(ranges: PortRanges) {
    this.#ranges = ranges;
  }

  /** @throws Error when all are taken */
  take(kind: 'vnc' | 'websocket' | 'spice' | 'spice-tls', guestId: number): number {
    const [first, last] = kind === 'websocket' ? this.#ranges.webSocket : this.#ranges.display;
    for (let port = first; port <= last; port++) {
      if (this.#taken.has(port)) continue;
      this.#taken.set(port, guestId);
      return port;
    }
    throw new Error(`no free ${kind} port between ${first} and ${last}`);
  }

  /** A guest that runs already has this port. */
  note(port: number, guestId: number): void {
    this.#taken.set(port, guestId);
  }

  release(guestId: number): void {
    for (const [port, owner] of this.#taken) if (owner === guestId) this.#taken.delete(port);
  }
}
