import { VirError } from '@modvirt/core/errors';
import type { Owner } from '@modvirt/core/protocol';
import type { DaemonLink } from '@modvirt/core/rpc';
import { daemons, parseConnectionUri } from '@modvirt/core/uri';
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

  /**
   * What a client opens by this name, and the daemon that drives it.
   *
   * @param name '' for whatever is there
   * @throws VirError in libvirt's words when nothing drives it
   */
  resolve(name: string): { readonly uri: string; readonly hypervisor: string } {
    const uri = name === '' ? this.#places.defaultUri() : name;
    if (uri === undefined) throw VirError.of('NO_CONNECT');
    const hypervisor = this.#places.hypervisorFor(schemeOf(uri));
    if (hypervisor === undefined || !this.#places.isThere(hypervisor)) throw VirError.of('NO_CONNECT', uri);
    return { uri, hypervisor };
  }

  /** The daemon that owns what is no hypervisor's, or undefined when it is not there. */
  ownerDaemon(owner: Exclude<Owner, 'proxy' | 'hypervisor'>): string | undefined {
    const daemon = this.#places.ownerDaemon(owner);
    return daemon !== undefined && this.#places.isThere(daemon) ? daemon : undefined;
  }

  schemeOf(daemon: string): string {
    return daemons.find((row) => row.name === daemon)?.scheme ?? daemon;
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

// Other transports and hosts are the client library's to reach; schemes are matched as they are written.
function schemeOf(uri: string): string {
  if (!WELL_FORMED.test(uri)) throw unparsable(uri);
  if (!/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(uri)) {
    throw VirError.of('NO_CONNECT', `URI '${uri}' does not include a driver name`);
  }
  const { scheme, transport, host } = parseConnectionUri(uri);
  const isOurs = transport === undefined && host === undefined && uri.startsWith(`${scheme}:`);
  if (!isOurs) throw VirError.of('NO_CONNECT', uri);
  return scheme;
}

const WELL_FORMED = /^(?:[^\s%]|%[0-9a-fA-F]{2})*$/;

function unparsable(uri: string): VirError {
  return VirError.of('INTERNAL_ERROR', `Unable to parse URI ${uri}`, { domain: 'URI' });
}
