import { type DhcpHost, formatIp, type Network } from '@modvirt/core/schema';
import { checkLine } from './config-lines.js';
import { dhcpIps, leaseTime } from './dhcp-ips.js';

/** What is in dnsmasq's file of hosts that have an address of their own; undefined when there are none. */
export function hostsFile(network: Network): string | undefined {
  const hosts = dhcpIps(network).flatMap((ip) => ip.dhcp?.hosts ?? []);
  return hosts.length === 0 ? undefined : asLines(network, hosts.map(hostLine));
}

function hostLine({ mac, id, name, ip, lease }: DhcpHost): string {
  const given = (parts: readonly (string | undefined)[]) => parts.filter((it) => it !== undefined);
  const time = lease && leaseTime(lease);
  if (ip?.family === 'ipv6') {
    return given([id && `id:${id}`, name, `[${formatIp(ip)}]`, time]).join(',');
  }
  const address = ip && formatIp(ip);
  const parts = mac === undefined ? [name, address] : [mac, address, name];
  return given([...parts, time]).join(',');
}

/** Names of addresses beside those that DHCP gives, as hosts(5) has them. */
export function extraHosts(network: Network): string {
  const lines = (network.dns?.hosts ?? []).map(({ ip, hostnames }) => {
    const names = hostnames.flatMap((it) => (it.name === undefined ? [] : [it.name]));
    return `${[ip === undefined ? '' : formatIp(ip), ...names].join('\t')}\t`;
  });
  return asLines(network, lines);
}

function asLines({ name }: Network, lines: readonly string[]): string {
  for (const line of lines) checkLine(name, line);
  return lines.map((line) => `${line}\n`).join('');
}
