import { formatIp, type Network, type NetworkIp, prefixOf, subnetOf } from '@modvirt/core/schema';

export type Layer = 'ipv4' | 'ipv6';

/** What the rules of one network are made of. */
export interface FirewallSubject {
  readonly network: Network;
  readonly bridge: string;
}

/** What is done with the traffic of one of the network's subnets. */
export interface SubnetPolicy {
  readonly layer: Layer;
  /** `ADDRESS/PREFIX` */
  readonly subnet: string;
  readonly how: 'masquerade' | 'route';
  /** The only device of the host that the traffic may take. */
  readonly device: string | undefined;
}

/** Whether guests speak IPv6 among themselves at all. */
export function hasIpv6Rules(network: Network): boolean {
  return network.ipv6 === true || hasIpv6(network);
}

export function hasIpv6({ ips }: Network): boolean {
  return ips.some((it) => it.address.family === 'ipv6');
}

/** IPv6 is masqueraded only if asked for. */
export function subnetPolicies(network: Network): readonly SubnetPolicy[] {
  const { forward } = network;
  if (forward?.mode !== 'nat' && forward?.mode !== 'route') return [];
  const device = forward.interfaces[0]?.dev;
  return network.ips.map((ip) => {
    const layer = ip.address.family;
    const masquerades = forward.mode === 'nat' && (layer === 'ipv4' || forward.nat?.ipv6 === true);
    return { layer, subnet: subnetText(ip), how: masquerades ? 'masquerade' : 'route', device };
  });
}

function subnetText(ip: NetworkIp): string {
  const prefix = prefixOf(ip);
  return `${formatIp(subnetOf(ip.address, prefix))}/${prefix}`;
}

/** Where traffic to everybody on the link goes: it is not masqueraded. */
export const LINK_WIDE: Readonly<Record<Layer, readonly string[]>> = {
  ipv4: ['255.255.255.255/32', '224.0.0.0/24'],
  ipv6: ['ff02::/16'],
};

/** The addresses that outgoing traffic gets: `FIRST-LAST`, one, or none for the host's own. */
export function sourceRange(network: Network, layer: Layer): string | undefined {
  const range = network.forward?.nat?.address;
  if (range === undefined || range.start.family !== layer) return undefined;
  const [first, last] = [formatIp(range.start), formatIp(range.end)];
  return first === last ? first : `${first}-${last}`;
}

/** Unprivileged ports unless said otherwise. */
export function portRange(network: Network): string {
  const { start = 1024, end = 65_535 } = network.forward?.nat?.port ?? {};
  return `${start}-${end}`;
}
