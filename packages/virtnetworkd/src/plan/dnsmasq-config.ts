import {
  type DhcpRange,
  type DnsSrv,
  formatIp,
  maskOf,
  type Network,
  type NetworkIp,
  prefixOf,
  rangeSize,
} from '@modvirt/core/schema';
import { ConfigLines } from './config-lines.js';
import { dhcpIps, leaseTime } from './dhcp-ips.js';
import { hostsFile } from './hosts-file.js';
import { reverseZone } from './reverse-zone.js';

export interface DnsmasqPlaces {
  /** Where the files that dnsmasq reads are. */
  readonly directory: string;
  /** Where it says its process id; nowhere where absent. */
  readonly pidFile?: string;
}

/** The files with which dnsmasq serves a network. */
export interface DnsmasqFiles {
  readonly conf: string;
  /** Addresses of certain hosts; absent when there are none. */
  readonly hosts: string | undefined;
}

/** What dnsmasq needs for `network`. @throws VirError XML_ERROR for what would escape from its line */
export function dnsmasqFiles(network: Network, places: DnsmasqPlaces): DnsmasqFiles {
  return { conf: configOf(network, places), hosts: hostsFile(network) };
}

function configOf(network: Network, places: DnsmasqPlaces): string {
  const lines = new ConfigLines(network.name);
  lines.bare('strict-order');
  writeForwarding(lines, network);
  if (network.dns?.enable === false) lines.bare('port=0');
  if (places.pidFile !== undefined) lines.value('pid-file', places.pidFile);
  // Only on the bridge, and also when its addresses come later.
  lines.bare('except-interface=lo');
  lines.bare('bind-dynamic');
  lines.value('interface', network.bridge?.name ?? '');
  if (network.forward === undefined) {
    // No default route that leads nowhere, and no questions to the outside.
    for (const line of ['dhcp-option=3', 'no-resolv', 'ra-param=*,0,0']) lines.bare(line);
  }
  if (network.dns?.enable !== false) writeRecords(lines, network);
  writeDhcp(lines, network, places);
  for (const { value } of network.dnsmasqOptions?.options ?? []) lines.bare(value);
  return lines.toString();
}

function writeForwarding(lines: ConfigLines, network: Network): void {
  const { dns, domain } = network;
  for (const { domain: zone, addr } of dns?.forwarders ?? []) {
    const where = addr === undefined ? '#' : formatIp(addr);
    lines.value('server', zone === undefined ? where : `/${zone}/${where}`);
  }
  if (dns?.forwarders.some((it) => it.domain === undefined)) lines.bare('no-resolv');
  if (domain !== undefined) {
    if (domain.localOnly === true) lines.value('local', `/${domain.name}/`);
    lines.value('domain', domain.name);
    lines.bare('expand-hosts');
  }
  if (dns?.forwardPlainNames === false) {
    lines.bare('domain-needed');
    lines.bare('local=//');
  }
  for (const ip of network.ips) {
    if (ip.localPtr === true) lines.value('local', `/${reverseZone(ip.address, prefixOf(ip))}/`);
  }
}

function writeRecords(lines: ConfigLines, { dns }: Network): void {
  for (const { name, value } of dns?.txts ?? []) lines.value('txt-record', `${name},${value ?? ''}`);
  for (const srv of dns?.srvs ?? []) lines.value('srv-host', serviceRecord(srv));
}

/** Parts are known by their place: one that is not given has its default when a later one is. */
function serviceRecord({ service, protocol, domain, target, port, priority, weight }: DnsSrv): string {
  const name = `_${service ?? ''}._${protocol ?? ''}${domain === undefined ? '' : `.${domain}`}`;
  if (target === undefined) return name;
  const [p = 0, prio = 0, w = 0] = [port, priority, weight];
  const parts = [target];
  if (p !== 0 || prio !== 0 || w !== 0) parts.push(String(p === 0 ? 1 : p));
  if (prio !== 0 || w !== 0) parts.push(String(prio));
  if (w !== 0) parts.push(String(w));
  return [name, ...parts].join(',');
}

function writeDhcp(lines: ConfigLines, network: Network, places: DnsmasqPlaces): void {
  const served = dhcpIps(network);
  let leases = 0n;
  for (const ip of served) {
    writeRanges(lines, ip);
    if (ip.address.family === 'ipv4') writeBoot(lines, ip);
    for (const range of ip.dhcp?.ranges ?? []) leases += rangeSize(range);
  }
  if (leases > 0n) lines.bare(`dhcp-lease-max=${leases}`);
  if (served.length > 0) lines.path('dhcp-hostsfile', `${places.directory}/${network.name}.hostsfile`);
  if (network.dns?.enable !== false)
    lines.path('addn-hosts', `${places.directory}/${network.name}.addnhosts`);
  if (served.some((it) => it.address.family === 'ipv6')) {
    lines.bare('enable-ra');
    return;
  }
  for (const { address } of network.ips) {
    if (address.family === 'ipv6') lines.bare(`dhcp-range=${formatIp(address)},ra-only`);
  }
}

function writeRanges(lines: ConfigLines, ip: NetworkIp): void {
  const prefix = prefixOf(ip);
  const isV4 = ip.address.family === 'ipv4';
  const { ranges = [], hosts = [] } = ip.dhcp ?? {};
  const width = isV4 ? formatIp(maskOf('ipv4', prefix)) : String(prefix);
  for (const range of ranges) lines.bare(`dhcp-range=${rangeText(range, width)}`);
  if (ranges.length === 0 && hosts.length > 0) {
    lines.bare(`dhcp-range=${formatIp(ip.address)},static${isV4 ? '' : `,${prefix}`}`);
  }
}

function rangeText({ start, end, lease }: DhcpRange, width: string): string {
  const parts = [formatIp(start), formatIp(end), width];
  return [...parts, ...(lease === undefined ? [] : [leaseTime(lease)])].join(',');
}

function writeBoot(lines: ConfigLines, ip: NetworkIp): void {
  // Options that a guest did not ask for are not put into fields of the old protocol.
  lines.bare('dhcp-no-override');
  lines.bare('dhcp-authoritative');
  if (ip.tftp !== undefined) {
    lines.bare('enable-tftp');
    lines.path('tftp-root', ip.tftp);
  }
  const bootp = ip.dhcp?.bootp;
  if (bootp?.file === undefined) return;
  lines.value('dhcp-boot', bootp.server === undefined ? bootp.file : `${bootp.file},,${bootp.server}`);
}
