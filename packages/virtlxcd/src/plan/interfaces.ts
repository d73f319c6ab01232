import { VirError } from '@modvirt/core/errors';
import type { NetworkInterface } from '@modvirt/core/schema';

/** What an interface of a container is on the host. */
export type HostSide =
  /** One end of a cable; the other end is in the container. */
  | { readonly type: 'veth'; readonly bridge: string | undefined }
  /** A second address of a device of the host. */
  | { readonly type: 'macvlan'; readonly dev: string; readonly mode: string };

export interface InterfacePlan {
  readonly hostSide: HostSide;
  /** The host's end of a cable. */
  readonly hostName: string | undefined;
  readonly guestName: string;
  readonly mac: string | undefined;
  readonly mtu: number | undefined;
  readonly ips: NetworkInterface['ips'];
  readonly routes: NetworkInterface['routes'];
  /** What of it the host's end has. */
  readonly hostIps: NetworkInterface['ips'];
  readonly isDown: boolean;
}

/** What a virtual network has for an interface. */
export interface NetworkPlug {
  readonly portId: string;
  readonly hostSide: HostSide;
}

/** An address that a virtual network has given away. */
export interface LeasedAddress {
  /** virIPAddrType: 0 for the fourth version, 1 for the sixth. */
  readonly type: number;
  readonly addr: string;
  readonly prefix: number;
}

/** @throws VirError INTERNAL_ERROR for a kind of interface that containers cannot have */
export function hostSideOf(net: NetworkInterface, plug: NetworkPlug | undefined): HostSide {
  switch (net.type) {
    case 'bridge':
      return { type: 'veth', bridge: net.source?.bridge };
    case 'ethernet':
      return { type: 'veth', bridge: undefined };
    case 'direct':
      return { type: 'macvlan', dev: net.source?.dev ?? '', mode: net.source?.mode ?? 'vepa' };
    case 'network':
      if (plug !== undefined) return plug.hostSide;
      throw unsupported(net.type);
    default:
      throw unsupported(net.type);
  }
}

function unsupported(type: string): VirError {
  return VirError.of('INTERNAL_ERROR', `Unsupported network type ${type}`);
}

export function planInterface(
  net: NetworkInterface,
  hostSide: HostSide,
  names: { readonly hostName: string | undefined; readonly guestName: string },
): InterfacePlan {
  const hostIps = net.type === 'ethernet' ? (net.source?.ips ?? []) : [];
  return {
    hostSide,
    ...names,
    mac: net.mac?.address,
    mtu: net.mtu,
    ips: net.ips,
    routes: net.routes,
    hostIps,
    isDown: net.link?.state === 'down',
  };
}

/** Commands of ip(8) on the host that make the interface, in the container's network from the beginning. */
export function hostCommands(plan: InterfacePlan, initPid: number): readonly string[] {
  const { hostSide, hostName, guestName, mac, mtu, hostIps } = plan;
  const address = mac === undefined ? '' : ` address ${mac}`;
  const size = mtu === undefined ? '' : ` mtu ${mtu}`;
  if (hostSide.type === 'macvlan') {
    const { dev, mode } = hostSide;
    const kind = mode === 'passthrough' ? 'passthru' : mode;
    return [
      `link add link ${dev} name ${guestName}${address}${size} netns ${initPid} type macvlan mode ${kind}`,
    ];
  }
  const { bridge } = hostSide;
  return [
    `link add dev ${hostName}${size} type veth peer name ${guestName}${address}${size} netns ${initPid}`,
    ...(bridge === undefined ? [] : [`link set dev ${hostName} master ${bridge}`]),
    ...hostIps.map((ip) => addressCommand(ip, hostName ?? '')),
    ...(plan.isDown ? [] : [`link set dev ${hostName} up`]),
  ];
}

/** Commands inside the container's network. An interface without addresses is left to the container. */
export function guestCommands(plan: InterfacePlan): readonly string[] {
  const { guestName, ips, routes } = plan;
  const isUp = (ips.length > 0 || routes.length > 0) && !plan.isDown;
  return [
    ...ips.map((ip) => addressCommand(ip, guestName)),
    ...(isUp ? [`link set dev ${guestName} up`] : []),
    ...routes.map((route) => routeCommand(route, guestName)),
  ];
}

type Ip = NetworkInterface['ips'][number];
type Route = NetworkInterface['routes'][number];

function addressCommand({ address, prefix, peer }: Ip, device: string): string {
  const isSix = address.includes(':');
  const bits = prefix ?? (isSix ? 64 : classBits(address));
  if (peer !== undefined) return `address add ${address} peer ${peer}/${bits} dev ${device}`;
  return `address add ${address}/${bits}${isSix ? '' : ' broadcast +'} dev ${device}`;
}

/** As long as the network was by the old classes, where nobody says it. */
function classBits(address: string): number {
  const first = Number(address.split('.')[0]);
  if (first < 128) return 8;
  return first < 192 ? 16 : 24;
}

function routeCommand({ address, prefix, netmask, gateway, metric }: Route, device: string): string {
  const isAll = address === '0.0.0.0' || address === '::';
  const bits =
    prefix ??
    (netmask === undefined
      ? isAll
        ? 0
        : address.includes(':')
          ? 64
          : classBits(address)
      : maskBits(netmask));
  return `route add ${address}/${bits} via ${gateway} dev ${device} metric ${metric ?? 1}`;
}

function maskBits(mask: string): number {
  const bits = mask.split('.').map((it) => Number(it).toString(2).padStart(8, '0'));
  return bits.join('').replace(/0.*$/, '').length;
}
