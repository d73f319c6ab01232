import { VirError } from '@modvirt/core/errors';
import type { Domain, NetworkInterface, NetworkPort } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import type { QemuDriver } from '../../driver.js';
import type { NetworkPlug } from '../../plan/context.js';
import type { PlannedStart } from '../../planner.js';

/** What a start has of virtual networks. */
export type Places = Pick<PlannedStart, 'plugs' | 'addresses'> & {
  /** Gives the places back: the start was nothing. */
  release(): Promise<void>;
};

/** Takes a port for each interface on a virtual network. On failure none is taken. @throws VirError as the network says */
export async function claimPlaces(driver: QemuDriver, domain: Domain, signal: AbortSignal): Promise<Places> {
  const { networks } = driver.parts;
  const plugs = new Map<number, NetworkPlug>();
  const taken: { network: string; portId: Uuid }[] = [];
  const release = async (): Promise<void> => {
    for (const { network, portId } of taken) await giveBack(driver, network, portId);
  };
  try {
    for (const [at, net] of domain.devices.interfaces.entries()) {
      if (net.type !== 'network' || net.source === undefined) continue;
      const { network } = net.source;
      const wanted = portFor(driver, domain, net);
      const port = await networks.createPort(network, wanted, { reclaim: false, signal });
      taken.push({ network, portId: port.uuid });
      plugs.set(at, plugFrom(port));
    }
    return { plugs, addresses: await listenAddresses(driver, domain, signal), release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Tells the network that a guest has left. A network that cannot be told forgets its ports when it ends. */
export async function giveBack(driver: QemuDriver, network: string, portId: Uuid): Promise<void> {
  try {
    await driver.parts.networks.deletePort(network, portId);
  } catch (error) {
    driver.log.warn('network port could not be given back', { network, port: portId, error });
  }
}

/** The port that an interface asks for. */
export function portFor(driver: QemuDriver, domain: Domain, net: NetworkInterface): NetworkPort {
  const group = net.type === 'network' ? net.source?.portgroup : undefined;
  const { mac, virtualport, bandwidth, vlan, port, trustGuestRxFilters: rxfilters } = net;
  if (mac === undefined) throw new Error('an interface of a definition has an address');
  return {
    uuid: driver.parts.newUuid(),
    owner: { name: domain.name, uuid: domain.uuid },
    mac: mac.address,
    ...(group === undefined ? {} : { group }),
    ...(virtualport === undefined ? {} : { virtualport }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(port === undefined ? {} : { port }),
    ...(rxfilters === undefined ? {} : { rxfilters }),
  };
}

/** What `port` plugs an interface into. */
export function plugFrom(port: NetworkPort): NetworkPlug {
  const { plug, virtualport, bandwidth, vlan, port: isolation, rxfilters } = port;
  const facts = {
    portId: port.uuid,
    settings: {
      ...(virtualport === undefined ? {} : { virtualport }),
      ...(bandwidth === undefined ? {} : { bandwidth }),
      ...(vlan === undefined ? {} : { vlan }),
      ...(isolation === undefined ? {} : { port: isolation }),
      ...(rxfilters === undefined ? {} : { trustGuestRxFilters: rxfilters }),
    },
  };
  switch (plug?.type) {
    case 'network':
    case 'bridge': {
      const { bridge, macTableManager } = plug;
      const manager = macTableManager === undefined ? {} : { macTableManager };
      return { type: plug.type === 'network' ? 'bridge' : 'host-bridge', bridge, ...manager, ...facts };
    }
    case 'direct':
      return { type: 'direct', dev: plug.dev, mode: plug.mode ?? 'vepa', ...facts };
    case 'hostdev-pci': {
      const { domain = 0, bus = 0, slot = 0, function: fn = 0 } = plug.address;
      const address = { domain, bus, slot, function: fn };
      return { type: 'hostdev', address, managed: plug.managed === true, ...facts };
    }
    case undefined:
      throw VirError.of('INTERNAL_ERROR', `Unexpected network port type none`);
  }
}

/** Displays may listen where a network has the host's address. */
async function listenAddresses(
  driver: QemuDriver,
  domain: Domain,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const graphics of domain.devices.graphics) {
    if (graphics.type !== 'vnc' && graphics.type !== 'spice') continue;
    for (const listen of graphics.listens) {
      if (listen.type !== 'network' || listen.network === undefined) continue;
      const address = await driver.parts.networks.addressOf(listen.network, signal);
      if (address !== undefined) found.set(listen.network, address);
    }
  }
  return found;
}
