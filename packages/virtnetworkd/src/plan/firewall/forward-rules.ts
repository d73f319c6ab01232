import { formatIp, type IpAddress, prefixOf, subnetOf } from '@modvirt/core/schema';
import { type PortForward, type PortRange, portForwards } from '../port-forwards.js';
import type { FirewallSubject } from './firewall-rule.js';
import type { IptablesRule } from './iptables-rules.js';
import { NFT_FAMILY, type NftRule } from './nftables-rules.js';

/** The chain of ours in which packets to the host become packets to guests, and where it is reached from. */
export const FORWARD_CHAINS = [
  ['nat', 'PREROUTING', 'MODVIRT_FWD'],
  ['nat', 'OUTPUT', 'MODVIRT_FWD'],
] as const;

const LOOPBACK = '127.0.0.0/8';

/** Rules of port forwards, in the order in which they are put in. @throws VirError for forwards that cannot be */
export function iptablesForwards({ network, bridge }: FirewallSubject): readonly IptablesRule[] {
  const forwards = portForwards(network);
  const hasV4 = forwards.some((it) => it.to.family === 'ipv4');
  return [
    ...forwards.flatMap((it) => iptablesRulesOf(it, { network, bridge })),
    // Packets of the host's own loopback address may go to the bridge now; those of guests may not come from there.
    ...(hasV4
      ? [
          rule('ipv4', 'filter', 'LIBVIRT_INP', [
            ...['-i', bridge, '-d', LOOPBACK, '-m', 'conntrack', '--ctstate', 'NEW', '-j', 'DROP'],
          ]),
        ]
      : []),
  ];
}

function rule(
  layer: IptablesRule['layer'],
  table: IptablesRule['table'],
  chain: string,
  words: readonly string[],
): IptablesRule {
  return { layer, table, chain, words };
}

function iptablesRulesOf(
  forward: PortForward,
  { network, bridge }: FirewallSubject,
): readonly IptablesRule[] {
  const { protocol, to, ports, toPorts, address } = forward;
  const layer = to.family;
  const at = address === undefined ? [] : ['-d', formatIp(address)];
  const match = (range: PortRange) => ['-p', protocol, '-m', protocol, '--dport', portText(range, ':')];
  const guest = ['-d', formatIp(to), ...match(toPorts)];
  const forwarded = ['-m', 'conntrack', '--ctstate', 'DNAT'];
  const own = subnetAround(network, to);
  const loopback =
    layer === 'ipv4'
      ? [
          rule(layer, 'nat', 'LIBVIRT_PRT', [
            '-s',
            LOOPBACK,
            '-o',
            bridge,
            ...guest,
            ...forwarded,
            '-j',
            'MASQUERADE',
          ]),
        ]
      : [];
  return [
    rule(layer, 'nat', 'MODVIRT_FWD', [
      ...at,
      ...match(ports),
      ...['-m', 'addrtype', '--dst-type', 'LOCAL', '-j', 'DNAT', '--to-destination', target(to, toPorts)],
    ]),
    rule(layer, 'filter', 'LIBVIRT_FWI', [...guest, '-o', bridge, ...forwarded, '-j', 'ACCEPT']),
    // A guest that asks for the host's address gets its answer from where it asked.
    rule(layer, 'nat', 'LIBVIRT_PRT', ['-s', own, ...guest, ...forwarded, '-j', 'MASQUERADE']),
    ...loopback,
  ];
}

function portText({ first, last }: PortRange, between: string): string {
  return first === last ? String(first) : `${first}${between}${last}`;
}

function target(to: IpAddress, ports: PortRange): string {
  const host = to.family === 'ipv6' ? `[${formatIp(to)}]` : formatIp(to);
  return `${host}:${portText(ports, '-')}`;
}

function subnetAround(network: FirewallSubject['network'], address: IpAddress): string {
  for (const ip of network.ips) {
    const prefix = prefixOf(ip);
    if (ip.address.family !== address.family) continue;
    const subnet = subnetOf(ip.address, prefix);
    if (subnet.value === subnetOf(address, prefix).value) return `${formatIp(subnet)}/${prefix}`;
  }
  return formatIp(address);
}

/** Commands that make nft's chains for forwards; nothing changes where they are. */
export function nftForwardChains(layer: NftRule['layer']): readonly (readonly string[])[] {
  const where = [NFT_FAMILY[layer], 'libvirt_network'];
  return [
    ['add', 'chain', ...where, 'modvirt_in', '{ type nat hook prerouting priority -100; policy accept; }'],
    ['add', 'chain', ...where, 'modvirt_own', '{ type nat hook output priority -100; policy accept; }'],
    ['add', 'chain', ...where, 'modvirt_guard', '{ type filter hook input priority 0; policy accept; }'],
  ];
}

/** The same for nft. */
export function nftForwards({ network, bridge }: FirewallSubject): readonly NftRule[] {
  const forwards = portForwards(network);
  const rules = forwards.flatMap((it): readonly NftRule[] => {
    const { protocol, to, ports, toPorts, address } = it;
    const layer = to.family;
    const ip = NFT_FAMILY[layer];
    const at = address === undefined ? ['fib', 'daddr', 'type', 'local'] : [ip, 'daddr', formatIp(address)];
    const words = [
      ...[...at, protocol, 'dport', portText(ports, '-'), 'counter', 'dnat', 'to'],
      target(to, toPorts),
    ];
    const guest = [
      ip,
      'daddr',
      formatIp(to),
      protocol,
      'dport',
      portText(toPorts, '-'),
      'ct',
      'status',
      'dnat',
    ];
    const back = ['oif', bridge, ...guest, 'counter', 'masquerade'];
    return [
      { layer, chain: 'modvirt_in', words },
      { layer, chain: 'modvirt_own', words },
      { layer, chain: 'guest_input', words: ['oif', bridge, ...guest, 'counter', 'accept'] },
      { layer, chain: 'guest_nat', words: [ip, 'saddr', subnetAround(network, to), ...back] },
      ...(layer === 'ipv4'
        ? [{ layer, chain: 'guest_nat' as const, words: [ip, 'saddr', LOOPBACK, ...back] }]
        : []),
    ];
  });
  if (!forwards.some((it) => it.to.family === 'ipv4')) return rules;
  const words = ['iif', bridge, 'ip', 'daddr', LOOPBACK, 'ct', 'state', 'new', 'counter', 'drop'];
  return [...rules, { layer: 'ipv4', chain: 'modvirt_guard', words }];
}
