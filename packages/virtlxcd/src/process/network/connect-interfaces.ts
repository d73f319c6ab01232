import { VirError } from '@modvirt/core/errors';
import type { Undo } from '@modvirt/core/jobs';
import type { Domain, NetworkInterface } from '@modvirt/core/schema';
import type { LxcDriver } from '../../driver.js';
import {
  guestCommands,
  type HostSide,
  hostCommands,
  hostSideOf,
  planInterface,
} from '../../plan/interfaces.js';
import { runIp } from './ip-tool.js';

const LOOPBACK_UP = 'link set dev lo up';

/** Gives the container its interfaces. */
export async function connectInterfaces(
  driver: LxcDriver,
  live: Domain,
  initPid: number,
  hasOwnNetwork: boolean,
  undo: Undo,
  signal: AbortSignal,
): Promise<Domain> {
  if (!hasOwnNetwork) return live;
  const { devices } = live;
  const interfaces: NetworkInterface[] = [];
  for (const net of devices.interfaces) {
    const taken = [...devices.interfaces, ...interfaces].map((it) => it.guest?.dev);
    interfaces.push(
      await connectInterface({ driver, live, initPid, signal, undo }, net, freeGuestName(taken)),
    );
  }
  await takeHostInterfaces(driver, live, initPid, signal);
  await runIp(driver, [LOOPBACK_UP], signal, initPid);
  return { ...live, devices: { ...devices, interfaces } };
}

function freeGuestName(taken: readonly (string | undefined)[]): string {
  for (let index = 0; ; index++) if (!taken.includes(`eth${index}`)) return `eth${index}`;
}

export interface ConnectContext {
  readonly driver: LxcDriver;
  readonly live: Domain;
  readonly initPid: number;
  readonly signal: AbortSignal;
  readonly undo: Undo;
}

/** Makes one interface. @returns it as a container that runs has it */
export async function connectInterface(
  { driver, live, initPid, signal, undo }: ConnectContext,
  net: NetworkInterface,
  freeName: string,
): Promise<NetworkInterface> {
  const { networks } = driver.parts;
  const plug = net.type === 'network' ? await networks.plug(live, net, signal) : undefined;
  if (plug !== undefined && net.type === 'network') {
    undo.add('give back its place on the network', () =>
      networks.unplug(net.source?.network ?? '', plug.portId),
    );
  }
  const hostSide = hostSideOf(net, plug);
  const hostName = hostSide.type === 'veth' ? await driver.parts.hostNames.take() : undefined;
  if (hostName !== undefined) undo.add(`remove ${hostName}`, () => removeHostEnd(driver, hostName));
  await requireHostSide(driver, hostSide, hostName);
  const guestName = net.guest?.dev ?? freeName;
  const plan = planInterface(net, hostSide, { hostName, guestName });
  await runIp(driver, hostCommands(plan, initPid), signal);
  await runIp(driver, guestCommands(plan), signal, initPid);
  const connected = { ...net, guest: { ...net.guest, dev: guestName } };
  const named =
    hostName === undefined ? connected : { ...connected, target: { ...net.target, dev: hostName } };
  return plug === undefined ? named : withPlug(named, plug.portId, hostSide);
}

function withPlug(net: NetworkInterface, portId: string, hostSide: HostSide): NetworkInterface {
  if (net.type !== 'network' || net.source === undefined) return net;
  const place =
    hostSide.type === 'veth'
      ? hostSide.bridge === undefined
        ? {}
        : { bridge: hostSide.bridge }
      : { dev: hostSide.dev, mode: hostSide.mode };
  return {
    ...net,
    source: { ...net.source, portid: portId as NonNullable<typeof net.source.portid>, ...place },
  };
}

const ENODEV = 19;

async function requireHostSide(
  { parts }: LxcDriver,
  hostSide: HostSide,
  hostName: string | undefined,
): Promise<void> {
  const name = hostSide.type === 'veth' ? hostSide.bridge : hostSide.dev;
  if (name === undefined || (await parts.kernel.exists(`/sys/class/net/${name}`))) return;
  const what =
    hostSide.type === 'veth'
      ? `Unable to add bridge ${name} port ${hostName ?? ''}`
      : `Cannot use interface ${name}`;
  throw VirError.system(ENODEV, 'No such device', what).settled();
}

/** Devices of the host that are the container's while it runs. */
async function takeHostInterfaces(
  driver: LxcDriver,
  { devices }: Domain,
  initPid: number,
  signal: AbortSignal,
): Promise<void> {
  for (const dev of devices.hostdevs) {
    if (dev.mode !== 'capabilities' || dev.type !== 'net') continue;
    const name = dev.source.interface;
    await runIp(driver, [`link set dev ${name} netns ${initPid}`], signal);
    const addresses = {
      hostName: undefined,
      guestName: name,
      mac: undefined,
      mtu: undefined,
      hostIps: [],
      isDown: false,
    };
    const hostSide = { type: 'veth', bridge: undefined } as const;
    const plan = { ...addresses, hostSide, ips: dev.ips, routes: dev.routes };
    await runIp(driver, guestCommands(plan), signal, initPid);
  }
}

/** The end of a cable that the host has; the other goes with it. Does nothing when both have gone already. */
export async function removeHostEnd(driver: LxcDriver, name: string): Promise<void> {
  const { kernel, hostNames } = driver.parts;
  try {
    if (!(await kernel.exists(`/sys/class/net/${name}`))) return;
    await runIp(driver, [`link delete dev ${name}`], new AbortController().signal);
  } catch (error) {
    // The kernel takes it away by itself when the container's network ends: it may have done so meanwhile.
    if (await kernel.exists(`/sys/class/net/${name}`)) throw error;
  } finally {
    hostNames.giveBack(name);
  }
}
