import type { Identity } from '@modvirt/core/auth';
import { VirError } from '@modvirt/core/errors';
import type { Owner } from '@modvirt/core/protocol';
import type { DaemonLink, RemoteSession } from '@modvirt/core/rpc';
import type { DaemonPlaces } from './daemon-places.js';

/** Links to the daemons behind us, shared by all clients, made when first needed. */
export class Upstreams {
  readonly #places: DaemonPlaces;
  readonly #connect: (daemon: string) => DaemonLink;
  readonly #links = new Map<string, DaemonLink>();

  constructor(places: DaemonPlaces, connect: (daemon: string) => DaemonLink) {
    this.#places = places;
    this.#connect = connect;
  }

  /** The hypervisor's daemon for a scheme, or undefined when none is there. */
  hypervisorFor(scheme: string): string | undefined {
    const daemon = this.#places.hypervisorFor(scheme);
    return daemon !== undefined && this.#places.isThere(daemon) ? daemon : undefined;
  }

  /** What a client gets that names no URI: the first hypervisor that is there. */
  defaultUri(): string | undefined {
    return this.#places.defaultUri();
  }

  /** The daemon that owns what is no hypervisor's, or undefined when it is not there. */
  ownerDaemon(owner: Exclude<Owner, 'proxy' | 'hypervisor'>): string | undefined {
    const daemon = this.#places.ownerDaemon(owner);
    return daemon !== undefined && this.#places.isThere(daemon) ? daemon : undefined;
  }

  link(daemon: string): DaemonLink {
    let link = this.#links.get(daemon);
    if (link === undefined) {
      link = this.#connect(daemon);
      this.#links.set(daemon, link);
    }
    return link;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#links.values()].map((link) => link.close()));
  }
}

/** What one client has opened behind us: the hypervisor's session, and others when they are first needed. */
export class ClientSessions {
  readonly #upstreams: Upstreams;
  readonly #identity: () => Identity;
  readonly #readOnly: boolean;
  readonly uri: string;
  readonly hypervisor: string;
  readonly #sessions = new Map<string, Promise<RemoteSession>>();

  constructor(
    upstreams: Upstreams,
    client: { readonly identity: () => Identity; readonly readOnly: boolean },
    target: { readonly uri: string; readonly hypervisor: string },
  ) {
    this.#upstreams = upstreams;
    this.#identity = client.identity;
    this.#readOnly = client.readOnly;
    this.uri = target.uri;
    this.hypervisor = target.hypervisor;
  }

  get readOnly(): boolean {
    return this.#readOnly;
  }

  /** Daemon that serves rows of `owner` on this connection; undefined when it is not there. */
  daemonFor(owner: Owner): string | undefined {
    if (owner === 'hypervisor' || owner === 'proxy') return this.hypervisor;
    return this.#upstreams.ownerDaemon(owner);
  }

  session(daemon: string): Promise<RemoteSession> {
    let session = this.#sessions.get(daemon);
    if (session === undefined) {
      session = this.#upstreams
        .link(daemon)
        .openSession({ uri: this.#uriFor(daemon), readOnly: this.#readOnly, identity: this.#identity() });
      this.#sessions.set(daemon, session);
      session.catch(() => this.#sessions.delete(daemon));
    }
    return session;
  }

  async close(): Promise<void> {
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.allSettled(sessions.map(async (session) => (await session).close()));
  }

  // virtnetworkd serves network:///system to a client that opened qemu:///system.
  #uriFor(daemon: string): string {
    if (daemon === this.hypervisor) return this.uri;
    const scheme = /^virt(.*)d$/.exec(daemon)?.[1] ?? daemon;
    const path = this.uri.endsWith('/session') ? 'session' : 'system';
    return `${scheme}:///${path}`;
  }
}

/** The refusal of a URI that no daemon here serves. */
export function noDriver(uri: string): VirError {
  return VirError.of('NO_CONNECT', uri);
}
