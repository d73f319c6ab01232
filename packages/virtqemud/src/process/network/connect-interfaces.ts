import { systemError, VirError } from '@modvirt/core/errors';
import { hostSideMac } from '@modvirt/core/hypervisor';
import type { Tap } from '@modvirt/core/ports';
import type { Domain, NetworkInterface } from '@modvirt/core/schema';
import type { QemuDriver } from '../../driver.js';
import { isVirtioNet } from '../../plan/devices/network.js';
import { bridgeFor, limitBandwidth, plugIntoBridge } from './bridge-interface.js';
import { runInterfaceScript } from './interface-script.js';

/** The host's ends of a guest's links. */
export interface ConnectedInterfaces {
  /** The definition with the devices' names. */
  readonly live: Domain;
  /** Queues by the interface's alias; the guest inherits them. */
  readonly taps: ReadonlyMap<string, readonly number[]>;
  /** Closes our descriptors: what no guest has inherited is gone with them. */
  close(): void;
}

/** Makes a device for each interface that has one, and connects it. On failure there are none. */
export async function connectInterfaces(
  driver: QemuDriver,
  live: Domain,
  signal: AbortSignal,
): Promise<ConnectedInterfaces> {
  const taps = new Map<string, readonly number[]>();
  const close = (): void => {
    for (const descriptor of [...taps.values()].flat()) driver.parts.startPorts.descriptors.close(descriptor);
    taps.clear();
  };
  const interfaces: NetworkInterface[] = [];
  try {
    for (const net of live.devices.interfaces) {
      const tap = await connect(driver, { net, domain: live, signal });
      if (tap !== undefined) taps.set(net.alias ?? '', tap.descriptors);
      interfaces.push(tap === undefined ? net : { ...net, target: { ...net.target, dev: tap.name } });
      if (tap !== undefined) await settle(driver, tap.name, { net, domain: live, signal });
    }
    return { live: { ...live, devices: { ...live.devices, interfaces } }, taps, close };
  } catch (error) {
    close();
    await removeMacvtaps(driver, interfaces);
    throw error;
  }
}

interface Wish {
  readonly net: NetworkInterface;
  readonly domain: Domain;
  readonly signal: AbortSignal;
}

async function connect(driver: QemuDriver, wish: Wish): Promise<Tap | undefined> {
  const { net } = wish;
  if (net.bandwidth?.inbound?.floor !== undefined && net.type !== 'network') {
    throw VirError.of('CONFIG_UNSUPPORTED', 'floor attribute is not supported for this config');
  }
  if (bridgeFor(net) !== undefined) return openTap(driver, net);
  switch (net.type) {
    case 'ethernet':
      return net.target?.managed === false ? openManaged(driver, net) : openTap(driver, net);
    case 'direct':
      return makeMacvtap(driver, wish);
    default:
      return undefined;
  }
}

/** What the device needs after it is there. */
async function settle(driver: QemuDriver, device: string, { net, domain, signal }: Wish): Promise<void> {
  const { links } = driver.parts;
  const bridge = bridgeFor(net);
  if (bridge !== undefined) await plugIntoBridge(driver, device, { bridge, net, domain }, signal);
  if (net.type === 'ethernet' && net.target?.managed !== false) {
    const size = net.mtu === undefined ? '' : ` mtu ${net.mtu}`;
    const lines = [`link set dev ${device} address ${hostSideMac(net.mac?.address ?? '')}${size}`];
    const addresses = (net.source?.ips ?? []).map(
      (ip) => `addr add ${ip.address}${ip.prefix === undefined ? '' : `/${ip.prefix}`} dev ${device}`,
    );
    await links.change(
      [{ tool: 'ip', lines: [...lines, ...addresses, `link set dev ${device} up`] }],
      signal,
    );
    await runInterfaceScript(driver, net.script, device);
  }
  await limitBandwidth(driver, device, net, signal);
}

function queuesOf(net: NetworkInterface): number {
  return isVirtioNet(net) ? (net.driver?.queues ?? 1) : 1;
}

/** Names that the kernel or we gave are given anew at each start. */
function isChosen(name: string | undefined, prefix: string): name is string {
  return name !== undefined && !name.startsWith(prefix) && !name.includes('%');
}

async function openTap(driver: QemuDriver, net: NetworkInterface): Promise<Tap> {
  const wanted = net.target?.dev;
  const { links, deviceNames } = driver.parts;
  const name = isChosen(wanted, 'vnet') ? wanted : await deviceNames.next('vnet');
  if (net.target?.managed !== false && (await links.exists(name))) {
    throw VirError.of('OPERATION_INVALID', `The ${name} interface already exists`);
  }
  try {
    return links.openTap({ name, queues: queuesOf(net), vnetHeader: isVirtioNet(net) });
  } catch (error) {
    throw systemError(error, `Unable to create tap device ${name}`);
  }
}

/** A device that somebody else has made. */
async function openManaged(driver: QemuDriver, net: NetworkInterface): Promise<Tap> {
  const name = net.target?.dev;
  if (name === undefined) {
    throw VirError.of('INTERNAL_ERROR', "target dev must be supplied when managed='no'");
  }
  const { links } = driver.parts;
  if (!(await links.exists(name))) {
    throw VirError.of('INTERNAL_ERROR', "target managed='no' but specified dev doesn't exist");
  }
  const request = { name, queues: queuesOf(net), vnetHeader: isVirtioNet(net) };
  const kind = await links.show(['ip', '-details', '-json', 'link', 'show', 'dev', name]);
  return kind.includes('"info_kind":"macvtap"') ? links.openMacvtap(request) : openTap(driver, net);
}

async function makeMacvtap(driver: QemuDriver, { net, signal }: Wish): Promise<Tap> {
  const { links, deviceNames } = driver.parts;
  if (net.type !== 'direct' || net.source === undefined) throw new Error('not a direct interface');
  const { dev, mode = 'vepa' } = net.source;
  if (!(await links.exists(dev))) {
    throw VirError.system(19, 'No such device', `Unable to get index for interface ${dev}`, 'QEMU');
  }
  const wanted = net.target?.dev;
  const name = isChosen(wanted, 'macvtap') ? wanted : await deviceNames.next('macvtap');
  const mac = net.mac?.address ?? '';
  const kind = `type macvtap mode ${mode === 'passthrough' ? 'passthru' : mode}`;
  const size = net.mtu === undefined ? '' : ` mtu ${net.mtu}`;
  const lines = [`link add link ${dev} name ${name} address ${mac}${size} ${kind}`];
  await links.change([{ tool: 'ip', lines }], signal);
  try {
    await links.change([{ tool: 'ip', lines: [`link set dev ${name} up`] }], signal);
    return await links.openMacvtap({ name, queues: queuesOf(net), vnetHeader: isVirtioNet(net) });
  } catch (error) {
    await links.change([{ tool: 'ip', lines: [`link del dev ${name}`] }]);
    throw error;
  }
}

/** Macvtap devices outlive whoever has them open. */
export async function removeMacvtaps(
  driver: QemuDriver,
  interfaces: readonly NetworkInterface[],
): Promise<void> {
  const { links } = driver.parts;
  for (const net of interfaces) {
    const name = net.type === 'direct' ? net.target?.dev : undefined;
    if (name === undefined || !(await links.exists(name))) continue;
    try {
      await links.change([{ tool: 'ip', lines: [`link del dev ${name}`] }]);
    } catch (error) {
      driver.log.warn('macvtap device could not be removed', { device: name, error });
    }
  }
}
