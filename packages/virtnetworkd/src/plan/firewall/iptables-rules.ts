import type { Network } from '@modvirt/core/schema';
import { dhcpIps } from '../dhcp-ips.js';
import {
  type FirewallSubject,
  hasIpv6,
  hasIpv6Rules,
  type Layer,
  LINK_WIDE,
  portRange,
  type SubnetPolicy,
  sourceRange,
  subnetPolicies,
} from './firewall-rule.js';

/** One rule; each is put before those that were there. */
export interface IptablesRule {
  readonly layer: Layer;
  readonly table: 'filter' | 'nat' | 'mangle';
  readonly chain: string;
  readonly words: readonly string[];
}

type Table = IptablesRule['table'];

/** Chains that hold our rules, and the kernel's chains from which they are reached. */
export const IPTABLES_CHAINS: readonly (readonly [table: Table, parent: string, chain: string])[] = [
  ['filter', 'INPUT', 'LIBVIRT_INP'],
  ['filter', 'OUTPUT', 'LIBVIRT_OUT'],
  ['filter', 'FORWARD', 'LIBVIRT_FWO'],
  ['filter', 'FORWARD', 'LIBVIRT_FWI'],
  ['filter', 'FORWARD', 'LIBVIRT_FWX'],
  ['nat', 'POSTROUTING', 'LIBVIRT_PRT'],
  ['mangle', 'POSTROUTING', 'LIBVIRT_PRT'],
];

/** The rules of a network in the order in which they are put in. */
export function iptablesRules(subject: FirewallSubject): readonly IptablesRule[] {
  const { network } = subject;
  if (network.forward?.mode === 'open') return [];
  return [
    ...generalV4(subject),
    ...generalV6(subject),
    ...subnetPolicies(network).flatMap((policy) => subnetRules(subject, policy)),
    ...(servesDhcp(network) ? [checksum(subject)] : []),
  ];
}

function filter(layer: Layer, chain: string, words: readonly string[]): IptablesRule {
  return { layer, table: 'filter', chain, words };
}

function service(
  { bridge }: FirewallSubject,
  layer: Layer,
  direction: 'in' | 'out',
  protocol: 'tcp' | 'udp',
  port: number,
): IptablesRule {
  const isIn = direction === 'in';
  return filter(layer, isIn ? 'LIBVIRT_INP' : 'LIBVIRT_OUT', [
    isIn ? '--in-interface' : '--out-interface',
    bridge,
    '--protocol',
    protocol,
    '--destination-port',
    String(port),
    '--jump',
    'ACCEPT',
  ]);
}

function both(
  subject: FirewallSubject,
  layer: Layer,
  direction: 'in' | 'out',
  port: number,
): readonly IptablesRule[] {
  return [service(subject, layer, direction, 'tcp', port), service(subject, layer, direction, 'udp', port)];
}

/** Nothing passes but what later rules let through; guests of one network reach each other. */
function walls({ bridge }: FirewallSubject, layer: Layer): readonly IptablesRule[] {
  return [
    filter(layer, 'LIBVIRT_FWO', ['--in-interface', bridge, '--jump', 'REJECT']),
    filter(layer, 'LIBVIRT_FWI', ['--out-interface', bridge, '--jump', 'REJECT']),
    filter(layer, 'LIBVIRT_FWX', ['--in-interface', bridge, '--out-interface', bridge, '--jump', 'ACCEPT']),
  ];
}

function generalV4(subject: FirewallSubject): readonly IptablesRule[] {
  return [
    ...both(subject, 'ipv4', 'in', 67),
    ...both(subject, 'ipv4', 'out', 68),
    ...both(subject, 'ipv4', 'in', 53),
    ...both(subject, 'ipv4', 'out', 53),
    ...(servesFiles(subject.network)
      ? [service(subject, 'ipv4', 'in', 'udp', 69), service(subject, 'ipv4', 'out', 'udp', 69)]
      : []),
    ...walls(subject, 'ipv4'),
  ];
}

function servesFiles({ ips }: Network): boolean {
  return ips.some((it) => it.tftp !== undefined);
}

function servesDhcp(network: Network): boolean {
  return dhcpIps(network).some((it) => it.address.family === 'ipv4');
}

function generalV6(subject: FirewallSubject): readonly IptablesRule[] {
  if (!hasIpv6Rules(subject.network)) return [];
  if (!hasIpv6(subject.network)) return walls(subject, 'ipv6');
  return [
    ...walls(subject, 'ipv6'),
    ...both(subject, 'ipv6', 'in', 53),
    ...both(subject, 'ipv6', 'out', 53),
    service(subject, 'ipv6', 'in', 'udp', 547),
    service(subject, 'ipv6', 'out', 'udp', 546),
  ];
}

function subnetRules(subject: FirewallSubject, policy: SubnetPolicy): readonly IptablesRule[] {
  const { bridge } = subject;
  const { layer, subnet, device } = policy;
  const leaves = device === undefined ? [] : ['--out-interface', device];
  const enters = device === undefined ? [] : ['--in-interface', device];
  const out = filter(layer, 'LIBVIRT_FWO', [
    '--source',
    subnet,
    '--in-interface',
    bridge,
    ...leaves,
    '--jump',
    'ACCEPT',
  ]);
  const state = policy.how === 'route' ? [] : ['--match', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED'];
  const back = filter(layer, 'LIBVIRT_FWI', [
    '--destination',
    subnet,
    ...enters,
    '--out-interface',
    bridge,
    ...state,
    '--jump',
    'ACCEPT',
  ]);
  return policy.how === 'route' ? [out, back] : [out, back, ...natRules(subject.network, policy)];
}

function natRules(network: Network, { layer, subnet, device }: SubnetPolicy): readonly IptablesRule[] {
  const leaves = device === undefined ? [] : ['--out-interface', device];
  const nat = (words: readonly string[]): IptablesRule => ({
    layer,
    table: 'nat',
    chain: 'LIBVIRT_PRT',
    words,
  });
  const source = sourceRange(network, layer);
  const ports = portRange(network);
  const target = (withPorts: boolean): readonly string[] => {
    if (source !== undefined)
      return ['--jump', 'SNAT', '--to-source', withPorts ? `${source}:${ports}` : source];
    return withPorts ? ['--jump', 'MASQUERADE', '--to-ports', ports] : ['--jump', 'MASQUERADE'];
  };
  const masquerade = (protocol: readonly string[]): IptablesRule =>
    nat([
      '--source',
      subnet,
      ...protocol,
      '!',
      '--destination',
      subnet,
      ...leaves,
      ...target(protocol.length > 0),
    ]);
  return [
    masquerade([]),
    masquerade(['-p', 'udp']),
    masquerade(['-p', 'tcp']),
    ...LINK_WIDE[layer].map((everybody) =>
      nat([...leaves, '--source', subnet, '--destination', everybody, '--jump', 'RETURN']),
    ),
  ];
}

/** Old DHCP clients look at checksums that the host left to a network card which is not there. */
function checksum({ bridge }: FirewallSubject): IptablesRule {
  const words = [
    '--out-interface',
    bridge,
    '--protocol',
    'udp',
    '--destination-port',
    '68',
    '--jump',
    'CHECKSUM',
    '--checksum-fill',
  ];
  return { layer: 'ipv4', table: 'mangle', chain: 'LIBVIRT_PRT', words };
}
