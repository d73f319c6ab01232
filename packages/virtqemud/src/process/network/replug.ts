import { VirError } from '@modvirt/core/errors';
import type { Domain, NetworkInterface, NetworkPort, Plug } from '@modvirt/core/schema';
import type { QemuDriver } from '../../driver.js';
import { saveStatus } from '../../status/status-file.js';
import type { QemuDomain } from '../qemu-domain.js';
import { bridgeFor, plugIntoBridge } from './bridge-interface.js';
import { portFor } from './claim-places.js';

/**
 * Puts guests back on their bridges, and their ports back on their networks: daemons and networks may have begun anew.
 *
 * @param network only interfaces on this one
 */
export async function replugGuests(driver: QemuDriver, network: string | undefined): Promise<void> {
  for (const domain of driver.domains) {
    const concerned = (domain.live?.devices.interfaces ?? []).filter(
      (net) => bridgeFor(net) !== undefined && (network === undefined || networkOf(net) === network),
    );
    if (concerned.length === 0) continue;
    const request = { kind: 'modify', owner: 'replug', signal: driver.scope.signal } as const;
    try {
      await domain.withLiveJob(request, ({ signal }) => replugDomain(driver, domain, network, signal));
    } catch (error) {
      driver.log.warn('guest could not be put back on its network', { domain: domain.name, error });
    }
  }
}

function networkOf(net: NetworkInterface): string | undefined {
  return net.type === 'network' || net.type === 'bridge' ? net.source?.network : undefined;
}

async function replugDomain(
  driver: QemuDriver,
  domain: QemuDomain,
  network: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { live } = domain;
  if (live === undefined) return;
  const interfaces: NetworkInterface[] = [];
  for (const net of live.devices.interfaces) {
    const isConcerned = bridgeFor(net) !== undefined && (network === undefined || networkOf(net) === network);
    interfaces.push(isConcerned ? await replugOne(driver, live, net, signal) : net);
  }
  const isChanged = interfaces.some((net, at) => net !== live.devices.interfaces[at]);
  if (!isChanged) return;
  domain.setLive({ ...live, devices: { ...live.devices, interfaces } });
  await saveStatus(driver, domain);
}

/** One that fails is reported; the others go on. */
async function replugOne(
  driver: QemuDriver,
  live: Domain,
  net: NetworkInterface,
  signal: AbortSignal,
): Promise<NetworkInterface> {
  const device = net.target?.dev;
  try {
    const placed = await withPort(driver, live, net, signal);
    const bridge = bridgeFor(placed);
    if (device === undefined || bridge === undefined) return placed;
    if ((await driver.parts.links.bridgeOf(device)) !== bridge) {
      await plugIntoBridge(driver, device, { bridge, net: placed, domain: live }, signal);
      driver.log.info('guest was put back on its bridge', { domain: live.name, device, bridge });
    }
    return placed;
  } catch (error) {
    signal.throwIfAborted();
    driver.log.warn('interface is not connected', { domain: live.name, device, error });
    return net;
  }
}

/** The interface with its port on its network; a network that has begun anew may have another bridge. */
async function withPort(
  driver: QemuDriver,
  live: Domain,
  net: NetworkInterface,
  signal: AbortSignal,
): Promise<NetworkInterface> {
  if ((net.type !== 'network' && net.type !== 'bridge') || net.source === undefined) return net;
  const { network, portid } = net.source;
  if (network === undefined) return net;
  const { networks } = driver.parts;
  const known = portid === undefined ? undefined : await networks.findPort(network, portid, signal);
  if (known !== undefined) return net;
  const port = await networks.createPort(
    network,
    { ...portFor(driver, live, net), ...(portid === undefined ? {} : { uuid: portid }) },
    { reclaim: false, signal },
  );
  const bridge = bridgeOf(port, network);
  return { ...net, source: { ...net.source, portid: port.uuid, bridge } } as NetworkInterface;
}

function bridgeOf({ plug }: NetworkPort, network: string): string {
  if (plug !== undefined && isBridge(plug)) return plug.bridge;
  throw VirError.of('CONFIG_UNSUPPORTED', `network '${network}' has no bridge any more`);
}

function isBridge(plug: Plug): plug is Extract<Plug, { bridge: string }> {
  return plug.type === 'network' || plug.type === 'bridge';
}
