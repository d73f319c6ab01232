import { linkTo, methodsOf } from '@modvirt/client';
import { VirError } from '@modvirt/core/errors';
import type { Logger } from '@modvirt/core/ports';
import { remoteProgram } from '@modvirt/core/protocol';
import type { DaemonLink, RemoteSession } from '@modvirt/core/rpc';
import {
  type Domain,
  formatNetworkPort,
  type NetworkInterface,
  parseNetworkPort,
} from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import type { HostSide, LeasedAddress, NetworkPlug } from './plan/interfaces.js';

type OnNetwork = Extract<NetworkInterface, { type: 'network' }>;

/** Virtual networks, as another daemon has them. */
export interface VirtualNetworks {
  /** A place on the interface's network. @throws VirError NO_NETWORK, OPERATION_INVALID */
  plug(domain: Domain, net: OnNetwork, signal: AbortSignal): Promise<NetworkPlug>;
  /** Gives a place back; does nothing when network or place are gone. */
  unplug(network: string, portId: string): Promise<void>;
  /** Addresses that a network has given to a hardware address. */
  leases(network: string, mac: string, signal: AbortSignal): Promise<readonly LeasedAddress[]>;
}

export interface NetworkDaemonOptions {
  readonly socket: string;
  readonly log: Logger;
  newUuid(): Uuid;
}

/** Asks virtnetworkd. Nothing is opened before it is needed. */
export class NetworkDaemon implements VirtualNetworks {
  readonly #options: NetworkDaemonOptions;
  #link: DaemonLink | undefined;

  constructor(options: NetworkDaemonOptions) {
    this.#options = options;
  }

  plug(domain: Domain, net: OnNetwork): Promise<NetworkPlug> {
    const network = net.source?.network ?? '';
    return this.#withSession(async (remote) => {
      const { net: reference } = await remote.networkLookupByName({ name: network });
      const wanted = formatNetworkPort({
        uuid: this.#options.newUuid(),
        owner: { name: domain.name, uuid: domain.uuid },
        mac: net.mac?.address ?? NO_MAC,
        ...(net.source?.portgroup === undefined ? {} : { group: net.source.portgroup }),
        ...(net.virtualport === undefined ? {} : { virtualport: net.virtualport }),
        ...(net.bandwidth === undefined ? {} : { bandwidth: net.bandwidth }),
        ...(net.vlan === undefined ? {} : { vlan: net.vlan }),
      });
      const { port } = await remote.networkPortCreateXml({ network: reference, xml: wanted, flags: 0 });
      const { xml } = await remote.networkPortGetXmlDesc({ port, flags: 0 });
      return { portId: port.uuid, hostSide: hostSideOfPort(xml, this.#options.newUuid) };
    });
  }

  unplug(network: string, portId: string): Promise<void> {
    return this.#withSession(async (remote) => {
      try {
        const { net } = await remote.networkLookupByName({ name: network });
        await remote.networkPortDelete({ port: { net, uuid: portId as Uuid }, flags: 0 });
      } catch (error) {
        const isGone = error instanceof VirError && (error.is('NO_NETWORK') || error.is('NO_NETWORK_PORT'));
        if (!isGone) throw error;
      }
    });
  }

  leases(network: string, mac: string): Promise<readonly LeasedAddress[]> {
    return this.#withSession(async (remote) => {
      const { net } = await remote.networkLookupByName({ name: network });
      const { leases } = await remote.networkGetDhcpLeases({ net, mac, needResults: 1, flags: 0 });
      return leases.map(({ type, ipaddr, prefix }) => ({ type, addr: ipaddr, prefix }));
    });
  }

  async close(): Promise<void> {
    await this.#link?.close();
  }

  async #withSession<T>(work: (remote: RemoteMethods) => Promise<T>): Promise<T> {
    const { socket, log } = this.#options;
    this.#link ??= linkTo({ daemon: 'virtnetworkd', socket, name: 'virtlxcd', log });
    const session = await this.#link.openSession({ uri: 'network:///system', readOnly: false });
    try {
      return await work(methodsOf(remoteProgram, session));
    } finally {
      await session.close();
    }
  }
}

type RemoteMethods = ReturnType<typeof methodsFor>;
const methodsFor = (session: RemoteSession) => methodsOf(remoteProgram, session);

const NO_MAC = '00:00:00:00:00:00' as NonNullable<NetworkInterface['mac']>['address'];

function hostSideOfPort(xml: string, newUuid: () => Uuid): HostSide {
  const { plug } = parseNetworkPort(xml, { newUuid });
  switch (plug?.type) {
    case 'network':
    case 'bridge':
      return { type: 'veth', bridge: plug.bridge };
    case 'direct':
      return { type: 'macvlan', dev: plug.dev, mode: plug.mode ?? 'vepa' };
    default:
      throw VirError.of('INTERNAL_ERROR', `Unsupported network type ${plug?.type ?? 'none'}`);
  }
}
