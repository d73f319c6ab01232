import { formatIp, type Network, prefixOf, routePrefix, subnetOf } from '@modvirt/core/schema';
import { portForwards } from './port-forwards.js';

/** How the host's bridge of a network is made. */
export interface BridgePlan {
  readonly bridge: string;
  /** Lines for `ip -batch` that make it, down. */
  readonly create: readonly string[];
  /** Lines that give it its addresses, bring it up and set its routes. */
  readonly bringUp: readonly string[];
  readonly remove: readonly string[];
  /** Settings of the kernel, path and value, that belong to the bridge. */
  readonly settings: readonly Setting[];
  /** Settings of the whole host without which nothing is forwarded. */
  readonly hostSettings: readonly Setting[];
}

export interface Setting {
  readonly path: string;
  readonly value: string;
}

/** @throws nothing: names were checked when the definition was read */
export function bridgePlan(network: Network, bridge: string): BridgePlan {
  const { mac, mtu, ips, routes } = network;
  const address = mac === undefined ? '' : ` address ${mac}`;
  const size = mtu === undefined ? '' : ` mtu ${mtu}`;
  const stp = network.bridge?.stp === false ? 0 : 1;
  // The kernel counts in hundredths of a second and wants at least two seconds when trees are spanned.
  const delay = (network.bridge?.delay ?? 0) * 100;
  return {
    bridge,
    create: [
      `link add name ${bridge}${address}${size} type bridge`,
      `link set dev ${bridge} type bridge forward_delay ${delay} stp_state ${stp}`,
    ],
    bringUp: [
      ...ips.map((ip) => addressLine(bridge, ip)),
      `link set dev ${bridge} up`,
      ...routes.map((route) => {
        const prefix = routePrefix(route) ?? 0;
        const target = `${formatIp(subnetOf(route.address, prefix))}/${prefix}`;
        const metric = route.metric === undefined ? '' : ` metric ${route.metric}`;
        return `route add ${target} via ${formatIp(route.gateway)} dev ${bridge} proto static${metric}`;
      }),
    ],
    remove: [`link del dev ${bridge}`],
    settings: bridgeSettings(network, bridge),
    hostSettings: forwardSettings(network),
  };
}

function addressLine(bridge: string, ip: Network['ips'][number]): string {
  const { address } = ip;
  const broadcast = address.family === 'ipv4' ? ' broadcast +' : '';
  // Nobody else has the address: waiting for an answer would only delay dnsmasq.
  const noCheck = address.family === 'ipv6' ? ' nodad' : '';
  return `addr add ${formatIp(address)}/${prefixOf(ip)}${broadcast} dev ${bridge}${noCheck}`;
}

function bridgeSettings(network: Network, bridge: string): readonly Setting[] {
  // What the host sends from its own loopback address may be forwarded to guests.
  const loopback = portForwards(network).some((it) => it.to.family === 'ipv4')
    ? [{ path: `/proc/sys/net/ipv4/conf/${bridge}/route_localnet`, value: '1' }]
    : [];
  return [...loopback, ...ipv6Settings(network, bridge)];
}

function ipv6Settings(network: Network, bridge: string): readonly Setting[] {
  const base = `/proc/sys/net/ipv6/conf/${bridge}`;
  const speaksV6 = network.ipv6 === true || network.ips.some((it) => it.address.family === 'ipv6');
  if (!speaksV6) return [{ path: `${base}/disable_ipv6`, value: '1' }];
  return [
    { path: `${base}/accept_ra`, value: '0' },
    { path: `${base}/autoconf`, value: '0' },
  ];
}

function forwardSettings({ forward, ips }: Network): readonly Setting[] {
  if (forward === undefined) return [];
  const has = (family: 'ipv4' | 'ipv6') => ips.some((it) => it.address.family === family);
  return [
    ...(has('ipv4') ? [{ path: '/proc/sys/net/ipv4/ip_forward', value: '1' }] : []),
    ...(has('ipv6') ? [{ path: '/proc/sys/net/ipv6/conf/all/forwarding', value: '1' }] : []),
  ];
}
