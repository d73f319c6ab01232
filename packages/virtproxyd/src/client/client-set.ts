import type { Logger } from '@modvirt/core/ports';
import type { ClientConnection } from './client-connection.js';

export interface SetLimits {
  /** Clients at a time (`max_clients`). */
  readonly maxClients: number;
  /** Clients that have not authenticated (`max_anonymous_clients`); 0: no limit. */
  readonly maxAnonymousClients: number;
}

/** The clients of one server, and how many there may be. */
export class ClientSet {
  readonly #clients = new Map<number, ClientConnection>();
  readonly #log: Logger;
  #limits: SetLimits;
  #lastId = 0;

  constructor(limits: SetLimits, log: Logger) {
    this.#limits = limits;
    this.#log = log;
  }

  get limits(): SetLimits {
    return this.#limits;
  }

  /** For clients that come from now on. */
  setLimits(limits: SetLimits): void {
    this.#limits = limits;
  }

  get size(): number {
    return this.#clients.size;
  }

  get anonymous(): number {
    let count = 0;
    for (const client of this.#clients.values()) if (!client.isAuthenticated) count++;
    return count;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  get(id: number): ClientConnection | undefined {
    return this.#clients.get(id);
  }

  [Symbol.iterator](): Iterator<ClientConnection> {
    return this.#clients.values();
  }

  /** Takes a client in. @returns false when there are too many: it must be closed */
  admit(client: ClientConnection): boolean {
    const { maxClients, maxAnonymousClients } = this.#limits;
    const isFull = this.size >= maxClients;
    const isCrowded =
      maxAnonymousClients > 0 && !client.isAuthenticated && this.anonymous >= maxAnonymousClients;
    if (isFull || isCrowded) {
      this.#log.warn('too many clients', { clients: this.size, maxClients, anonymous: this.anonymous });
      return false;
    }
    this.#clients.set(client.id, client);
    return true;
  }

  remove(client: ClientConnection): void {
    this.#clients.delete(client.id);
  }
}
