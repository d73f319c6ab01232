import { VirError } from '../../errors/vir-error.js';
import type { XmlElement } from '../../xml/node.js';
import { formatIp, sameIp } from '../ip-number.js';
import {
  checkDhcpHost,
  checkPartialDhcpHost,
  type Dhcp,
  type DhcpHost,
  type DhcpRange,
  dhcpHost,
  dhcpRange,
} from './dhcp.js';
import { checkRange } from './dhcp-range.js';
import type { Network } from './filled-network.js';
import type { NetworkIp } from './network-ip.js';
import { type UpdateCommand, updateList } from './update-list.js';

const invalid = (detail: string): VirError => VirError.of('OPERATION_INVALID', detail);
const NO_DHCP: Dhcp = { ranges: [], hosts: [] };

/** @param parentIndex which of the addresses; -1 for the one that has DHCP, or the first */
export function updateDhcpHost(
  network: Network,
  command: UpdateCommand,
  node: XmlElement,
  parentIndex: number,
): Network {
  const { name } = network;
  const at = ipIndex(network, parentIndex);
  const ip = network.ips[at];
  if (ip === undefined) throw noIp(name, parentIndex);
  const given = dhcpHost(name).parse(node);
  if (command === 'delete') checkPartialDhcpHost(name, given);
  else checkDhcpHost(name, given, ip.address.family);
  if (given.ip !== undefined && given.ip.family !== ip.address.family) {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      "the address family of a host entry IP must match the address family of the dhcp element's parent",
    );
  }
  checkOnlyDhcp(network, ip);
  const dhcp = ip.dhcp ?? NO_DHCP;
  const hosts = updateList(dhcp.hosts, command, given, {
    isMeant: command === 'modify' ? (it) => isModified(given, it) : (it) => agrees(given, it),
    isInTheWay: (it) => shares(given, it),
    notFound: () =>
      invalid(
        command === 'modify'
          ? `couldn't locate an existing dhcp host entry with "mac='${given.mac ?? given.id ?? 'unknown'}'" "name='${given.name ?? 'unknown'}'" "ip='${shownIp(given)}'" in network '${name}'`
          : `couldn't locate a matching dhcp host entry in network '${name}'`,
      ),
    exists: () =>
      invalid(
        `there is an existing dhcp host entry in network '${name}' that matches "<host mac='${given.mac ?? 'unknown'}' name='${given.name ?? 'unknown'}' ip='${shownIp(given)}'/>"`,
      ),
  });
  return withDhcp(network, at, { ...dhcp, hosts });
}

function shownIp({ ip }: DhcpHost): string {
  return ip === undefined ? 'unknown' : formatIp(ip);
}

/** What is modified keeps its MAC address or id, its address or its name. */
function isModified(given: DhcpHost, entry: DhcpHost): boolean {
  return (
    (given.mac !== undefined && given.mac === entry.mac) ||
    (given.id !== undefined && given.id === entry.id) ||
    (given.ip !== undefined && sameIp(given.ip, entry.ip)) ||
    (given.name !== undefined && given.name === entry.name)
  );
}

/** Everything that is said of the one to be deleted must be so. */
function agrees(given: DhcpHost, entry: DhcpHost): boolean {
  return (
    (given.mac === undefined || given.mac === entry.mac) &&
    (given.id === undefined || given.id === entry.id) &&
    (given.name === undefined || given.name === entry.name) &&
    (given.ip === undefined || sameIp(given.ip, entry.ip))
  );
}

/** One name may have an address for each of several cards. */
function shares(given: DhcpHost, entry: DhcpHost): boolean {
  return (
    (given.mac !== undefined && given.mac === entry.mac) ||
    (given.id !== undefined && given.id === entry.id) ||
    (given.name !== undefined && given.name === entry.name) ||
    (given.ip !== undefined && sameIp(given.ip, entry.ip))
  );
}

export function updateDhcpRange(
  network: Network,
  command: UpdateCommand,
  node: XmlElement,
  parentIndex: number,
): Network {
  const { name } = network;
  const at = ipIndex(network, parentIndex);
  const ip = network.ips[at];
  if (ip === undefined) throw noIp(name, parentIndex);
  const given = dhcpRange(name).parse(node);
  checkRange(given, ip);
  checkOnlyDhcp(network, ip);
  const dhcp = ip.dhcp ?? NO_DHCP;
  const isSame = (it: DhcpRange) => sameIp(it.start, given.start) && sameIp(it.end, given.end);
  const ranges = updateList(dhcp.ranges, command, given, {
    isMeant: isSame,
    unmodifiable: 'dhcp ranges cannot be modified, only added or deleted',
    notFound: () => invalid(`couldn't locate a matching dhcp range entry in network '${name}'`),
    exists: () =>
      invalid(
        `there is an existing dhcp range entry in network '${name}' that matches "<range start='${formatIp(given.start)}' end='${formatIp(given.end)}'/>"`,
      ),
  });
  return withDhcp(network, at, { ...dhcp, ranges });
}

function ipIndex({ ips }: Network, parentIndex: number): number {
  if (parentIndex >= 0) return parentIndex;
  const withDhcpAlready = ips.findIndex(hasDhcp);
  if (withDhcpAlready >= 0) return withDhcpAlready;
  const ofV4 = ips.findIndex((it) => it.address.family === 'ipv4');
  return Math.max(ofV4, 0);
}

function noIp(network: string, parentIndex: number): VirError {
  const which = parentIndex >= 0 ? ` at index ${parentIndex}` : '';
  return invalid(`couldn't update dhcp host entry - no <ip> element found${which} in network '${network}'`);
}

function hasDhcp({ dhcp }: NetworkIp): boolean {
  return dhcp !== undefined && dhcp.ranges.length + dhcp.hosts.length > 0;
}

function checkOnlyDhcp({ ips }: Network, ip: NetworkIp): void {
  const { family } = ip.address;
  if (!ips.some((it) => it !== ip && it.address.family === family && hasDhcp(it))) return;
  throw invalid(
    `dhcp is supported only for a single ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address on each network`,
  );
}

function withDhcp(network: Network, at: number, dhcp: Dhcp): Network {
  return { ...network, ips: network.ips.map((it, index) => (index === at ? { ...it, dhcp } : it)) };
}
