import type { Identity } from '@modvirt/core/auth';
import type { Owner } from '@modvirt/core/protocol';
import type { RemoteSession } from '@modvirt/core/rpc';
import type { Upstreams } from './upstreams.js';

export interface SessionTarget {
  readonly uri: string;
  readonly hypervisor: string;
  readonly readOnly: boolean;
  /** Whom we speak for, asked when a session is opened. */
  identity(): Identity;
}

/** What one client has opened behind us: the hypervisor's session, and others when they are first needed. */
export class ClientSessions {
  readonly uri: string;
  readonly hypervisor: string;
  readonly readOnly: boolean;
  readonly #upstreams: Upstreams;
  readonly #identity: () => Identity;
  readonly #open = new Map<string, RemoteSession>();
  readonly #opening = new Map<string, Promise<RemoteSession>>();
  #isClosed = false;

  constructor(upstreams: Upstreams, target: SessionTarget) {
    this.#upstreams = upstreams;
    this.#identity = target.identity;
    this.readOnly = target.readOnly;
    this.uri = target.uri;
    this.hypervisor = target.hypervisor;
  }

  /** Daemon that serves rows of `owner` on this connection; undefined when it is not there. */
  daemonFor(owner: Owner): string | undefined {
    if (owner === 'hypervisor' || owner === 'proxy') return this.hypervisor;
    return this.#upstreams.ownerDaemon(owner);
  }

  /** The session with this daemon, as a promise while it is being opened. */
  session(daemon: string): RemoteSession | Promise<RemoteSession> {
    const open = this.#open.get(daemon);
    if (open !== undefined) return open;
    let opening = this.#opening.get(daemon);
    if (opening === undefined) {
      opening = this.#begin(daemon);
      this.#opening.set(daemon, opening);
    }
    return opening;
  }

  /** The client is someone else now: what is open was opened for another. */
  async reopen(): Promise<void> {
    await this.#closeAll();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#closeAll();
  }

  async #begin(daemon: string): Promise<RemoteSession> {
    try {
      const options = { uri: this.#uriFor(daemon), readOnly: this.readOnly, identity: this.#identity() };
      const session = await this.#upstreams.link(daemon).openSession(options);
      // Whoever closed us meanwhile waits for this promise and closes what it gives.
      if (!this.#isClosed && this.#opening.has(daemon)) this.#open.set(daemon, session);
      return session;
    } finally {
      this.#opening.delete(daemon);
    }
  }

  async #closeAll(): Promise<void> {
    const sessions = [...this.#open.values(), ...this.#opening.values()];
    this.#open.clear();
    this.#opening.clear();
    // A session that could not be opened or closed is gone either way.
    await Promise.allSettled(sessions.map(async (session) => (await session).close()));
  }

  // virtnetworkd serves network:///system to a client that opened qemu:///system.
  #uriFor(daemon: string): string {
    if (daemon === this.hypervisor) return this.uri;
    const path = this.uri.endsWith('/session') ? 'session' : 'system';
    return `${this.#upstreams.schemeOf(daemon)}:///${path}`;
  }
}
