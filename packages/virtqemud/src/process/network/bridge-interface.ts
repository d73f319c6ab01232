import { VirError } from '@modvirt/core/errors';
import { bandwidthCommands, bridgePortCommands } from '@modvirt/core/hypervisor';
import type { Domain, NetworkInterface } from '@modvirt/core/schema';
import type { QemuDriver } from '../../driver.js';

/** An interface whose host's end belongs to a bridge. */
export interface OnBridge {
  readonly bridge: string;
  readonly net: NetworkInterface;
  /** Who has the interface. */
  readonly domain: Domain;
}

const NO_DEVICE = 19;

/** The bridge that an interface of a running guest belongs to. */
export function bridgeFor(net: NetworkInterface): string | undefined {
  if (net.type !== 'network' && net.type !== 'bridge') return undefined;
  return net.source?.bridge;
}

/** Puts the host's end of a link on its bridge, with everything that the interface says of it. */
export async function plugIntoBridge(
  driver: QemuDriver,
  device: string,
  { bridge, net, domain }: OnBridge,
  signal: AbortSignal,
): Promise<void> {
  const { links } = driver.parts;
  const inherited = await links.mtuOf(bridge);
  if (inherited === undefined) {
    throw VirError.system(NO_DEVICE, 'No such device', `Cannot get interface MTU on '${bridge}'`, 'QEMU');
  }
  const isOpenVswitch = net.virtualport?.type === 'openvswitch' || net.virtualport?.type === 'midonet';
  const manager = net.type === 'network' || net.type === 'bridge' ? net.source?.macTableManager : undefined;
  const commands = bridgePortCommands({
    device,
    bridge,
    mac: net.mac?.address ?? '',
    mtu: net.mtu ?? inherited,
    isolated: net.port?.isolated === true,
    ownsMacTable: manager === 'libvirt',
  });
  if (isOpenVswitch) {
    const lines = commands.flatMap((it) => it.lines).filter((line) => !line.includes(' master '));
    await links.change([{ tool: 'ip', lines }], signal);
    await links.show(openVswitchPort(device, { bridge, net, domain }), signal);
  } else {
    await links.change(commands, signal);
  }
}

/** Limits what the interface carries. */
export async function limitBandwidth(
  driver: QemuDriver,
  device: string,
  net: NetworkInterface,
  signal: AbortSignal,
): Promise<void> {
  if (net.bandwidth === undefined) return;
  const { links } = driver.parts;
  const { needed, wanted } = bandwidthCommands(device, net.bandwidth);
  await links.change(needed, signal);
  for (const command of wanted) {
    try {
      await links.change([command], signal);
    } catch (error) {
      signal.throwIfAborted();
      driver.log.debug('the kernel shares a limit out as it likes', { device, error });
    }
  }
}

function openVswitchPort(device: string, { bridge, net, domain }: OnBridge): [string, ...string[]] {
  const { interfaceid, profileid } = net.virtualport?.parameters ?? {};
  const ids = [
    ['attached-mac', net.mac?.address],
    ['iface-id', interfaceid],
    ['vm-id', domain.uuid],
    ['iface-status', 'active'],
    ['port-profile', profileid],
  ].flatMap(([key, value]) => (value === undefined ? [] : [`external-ids:${key}="${value}"`]));
  return [
    'ovs-vsctl',
    '--timeout=5',
    '--',
    '--if-exists',
    'del-port',
    device,
    '--',
    'add-port',
    bridge,
    device,
    ...vlanWords(net),
    '--',
    'set',
    'Interface',
    device,
    ...ids,
  ];
}

function vlanWords({ vlan }: NetworkInterface): readonly string[] {
  const [first] = vlan?.tags ?? [];
  if (vlan === undefined || first === undefined) return [];
  const native = vlan.tags.find((it) => it.nativeMode !== undefined);
  if (vlan.trunk !== true) return [`tag=${first.id}`];
  const mode =
    native === undefined ? [] : [`vlan_mode=native-${native.nativeMode ?? 'tagged'}`, `tag=${native.id}`];
  return [...mode, `trunk=${vlan.tags.map((it) => it.id).join(',')}`];
}

/** Takes a device off its Open vSwitch bridge, which remembers ports whose devices are gone. */
export async function leaveOpenVswitch(driver: QemuDriver, device: string): Promise<void> {
  await driver.parts.links.show(['ovs-vsctl', '--timeout=5', '--', '--if-exists', 'del-port', device]);
}
