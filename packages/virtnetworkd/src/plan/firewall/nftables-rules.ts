import type { Network } from '@modvirt/core/schema';
import {
  type FirewallSubject,
  hasIpv6Rules,
  type Layer,
  LINK_WIDE,
  portRange,
  type SubnetPolicy,
  sourceRange,
  subnetPolicies,
} from './firewall-rule.js';

export const NFT_TABLE = 'libvirt_network';

/** One rule; each is put before those that were there. */
export interface NftRule {
  readonly layer: Layer;
  readonly chain:
    | 'guest_output'
    | 'guest_input'
    | 'guest_cross'
    | 'guest_nat'
    | 'modvirt_in'
    | 'modvirt_own'
    | 'modvirt_guard';
  readonly words: readonly string[];
}

/** The family's name in nft's language, and in its matches. */
export const NFT_FAMILY: Readonly<Record<Layer, 'ip' | 'ip6'>> = { ipv4: 'ip', ipv6: 'ip6' };

/** The rules of a network in the order in which they are put in. */
export function nftablesRules(subject: FirewallSubject): readonly NftRule[] {
  const { network } = subject;
  if (network.forward?.mode === 'open') return [];
  return [
    ...walls(subject, 'ipv4'),
    ...(hasIpv6Rules(network) ? walls(subject, 'ipv6') : []),
    ...subnetPolicies(network).flatMap((policy) => subnetRules(subject, policy)),
  ];
}

/** Commands of nft that make the table and its chains, for one layer. */
export function nftTable(layer: Layer): readonly (readonly string[])[] {
  const where = [NFT_FAMILY[layer], NFT_TABLE];
  const branch = (chain: string): readonly (readonly string[])[] => [
    ['add', 'chain', ...where, chain],
    ['insert', 'rule', ...where, 'forward', 'counter', 'jump', chain],
  ];
  return [
    ['add', 'table', ...where],
    ['add', 'chain', ...where, 'forward', '{ type filter hook forward priority 0; policy accept; }'],
    ...branch('guest_output'),
    ...branch('guest_input'),
    ...branch('guest_cross'),
    ['add', 'chain', ...where, 'guest_nat', '{ type nat hook postrouting priority 100; policy accept; }'],
  ];
}

function walls({ bridge }: FirewallSubject, layer: Layer): readonly NftRule[] {
  return [
    { layer, chain: 'guest_output', words: ['iif', bridge, 'counter', 'reject'] },
    { layer, chain: 'guest_input', words: ['oif', bridge, 'counter', 'reject'] },
    { layer, chain: 'guest_cross', words: ['iif', bridge, 'oif', bridge, 'counter', 'accept'] },
  ];
}

function subnetRules({ network, bridge }: FirewallSubject, policy: SubnetPolicy): readonly NftRule[] {
  const { layer, subnet, device, how } = policy;
  const ip = NFT_FAMILY[layer];
  const leaves = device === undefined ? [] : ['oif', device];
  const enters = device === undefined ? [] : ['iif', device];
  const out: NftRule = {
    layer,
    chain: 'guest_output',
    words: [ip, 'saddr', subnet, 'iif', bridge, ...leaves, 'counter', 'accept'],
  };
  const to = [ip, 'daddr', subnet];
  const back: NftRule = {
    layer,
    chain: 'guest_input',
    words:
      how === 'route'
        ? [...to, ...enters, 'oif', bridge, 'counter', 'accept']
        : [...enters, 'oif', bridge, ...to, 'ct', 'state', 'related,established', 'counter', 'accept'],
  };
  return how === 'route' ? [out, back] : [out, back, ...natRules(network, policy)];
}

function natRules(network: Network, { layer, subnet, device }: SubnetPolicy): readonly NftRule[] {
  const ip = NFT_FAMILY[layer];
  const leaves = device === undefined ? [] : ['oif', device];
  const source = sourceRange(network, layer);
  const ports = portRange(network);
  const target = (withPorts: boolean): readonly string[] => {
    if (source !== undefined) return ['snat', 'to', withPorts ? `${source}:${ports}` : source];
    return withPorts ? ['masquerade', 'to', `:${ports}`] : ['masquerade'];
  };
  const nat = (words: readonly string[]): NftRule => ({ layer, chain: 'guest_nat', words });
  const masquerade = (protocol: readonly string[]): NftRule =>
    nat([
      ...protocol,
      ip,
      'saddr',
      subnet,
      ip,
      'daddr',
      '!=',
      subnet,
      ...leaves,
      'counter',
      ...target(protocol.length > 0),
    ]);
  return [
    masquerade([]),
    masquerade(['meta', 'l4proto', 'udp']),
    masquerade(['meta', 'l4proto', 'tcp']),
    ...LINK_WIDE[layer].map((everybody) =>
      nat([...leaves, ip, 'saddr', subnet, ip, 'daddr', everybody, 'counter', 'return']),
    ),
  ];
}

/** Commands of tc that fill in checksums of DHCP answers; nftables has no way to. */
export function checksumCommands({ bridge, network }: FirewallSubject): readonly (readonly string[])[] {
  if (network.forward?.mode === 'open') return [];
  return [
    ['qdisc', 'add', 'dev', bridge, 'root', 'handle', '1:', 'htb', 'default', '2'],
    [
      ...['filter', 'add', 'dev', bridge, 'prio', '2', 'protocol', 'ip', 'parent', '1:'],
      ...['u32', 'match', 'ip', 'dport', '68', 'ffff', 'action', 'csum', 'ip', 'and', 'udp'],
    ],
  ];
}
