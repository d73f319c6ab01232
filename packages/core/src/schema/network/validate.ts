import { formatIp, ipBits, prefixOfMask } from '../ip-number.js';
import { checkDhcpHost, type Dhcp } from './dhcp.js';
import { checkRange } from './dhcp-range.js';
import { checkDnsHost, checkDnsSrv, type Dns } from './dns.js';
import type { Forward, Network } from './filled-network.js';
import { type NetworkIp, prefixOf } from './network-ip.js';
import { malformed } from './refuse.js';

/** What no driver can do anything with. @throws VirError XML_ERROR */
export function validateNetwork(network: Network): void {
  const { name, mac, dns, title } = network;
  if (title?.includes('\n')) throw malformed("Network title can't contain newlines");
  if (mac !== undefined && (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1) {
    throw malformed(`Invalid multicast bridge mac address '${mac}' in network '${name}'`);
  }
  if (dns !== undefined) validateDns(name, dns);
  for (const ip of network.ips) validateIp(name, ip);
  for (const { gateway } of network.routes) checkReachable(network, gateway);
  if (network.forward !== undefined) validateForward(network, network.forward);
}

function validateDns(network: string, dns: Dns): void {
  const { forwarders, txts, srvs, hosts } = dns;
  const isEmpty = [forwarders, txts, srvs, hosts].every((it) => it.length === 0);
  if (dns.enable === false && !isEmpty) throw malformed(`Extra data in disabled network '${network}'`);
  for (const host of hosts) checkDnsHost(network, host);
  for (const srv of srvs) checkDnsSrv(network, srv);
  for (const txt of txts) {
    if (txt.value !== undefined) continue;
    throw malformed(
      `missing required value attribute in DNS TXT record named '${txt.name}' of network ${network}`,
    );
  }
}

function validateIp(network: string, ip: NetworkIp): void {
  checkFamily(network, ip);
  if (ip.netmask !== undefined && ip.prefix !== undefined && ip.prefix > 0) {
    throw malformed(`Network '${network}' IP address cannot have both a prefix and a netmask`);
  }
  if (ip.tftp !== undefined && ip.address.family === 'ipv6') {
    throw malformed(`Unsupported <tftp> element in an IPv6 element in network '${network}'`);
  }
  if (ip.dhcp !== undefined) validateDhcp(network, ip, ip.dhcp);
}

function checkFamily(network: string, { family, address, netmask, prefix }: NetworkIp): void {
  const shown = formatIp(address);
  if (family === undefined || family === 'ipv4') {
    if (address.family !== 'ipv4') {
      const said = family === undefined ? 'no' : 'ipv4';
      throw malformed(`${said} family specified for non-IPv4 address '${shown}' in network '${network}'`);
    }
    if (netmask !== undefined && (netmask.family !== 'ipv4' || prefixOfMask(netmask) === undefined)) {
      throw malformed(
        `Invalid netmask '${formatIp(netmask)}' for address '${shown}' in network '${network}' (both must be IPv4)`,
      );
    }
  } else if (family === 'ipv6') {
    if (address.family !== 'ipv6') {
      throw malformed(`Family 'ipv6' specified for non-IPv6 address '${shown}' in network '${network}'`);
    }
    if (netmask !== undefined) {
      throw malformed(`netmask not allowed for IPv6 address '${shown}' in network '${network}'`);
    }
  } else {
    throw malformed(`Unrecognized family '${family}' in network '${network}'`);
  }
  if ((prefix ?? 0) > ipBits(address.family)) {
    const version = address.family === 'ipv4' ? 'IPv4' : 'IPv6';
    throw malformed(`Invalid ${version} prefix '${prefix}' in network '${network}'`);
  }
}

function validateDhcp(network: string, ip: NetworkIp, dhcp: Dhcp): void {
  for (const range of dhcp.ranges) checkRange(range, ip);
  for (const host of dhcp.hosts) checkDhcpHost(network, host, ip.address.family);
}

function checkReachable(network: Network, gateway: NetworkIp['address']): void {
  const reaches = network.ips.some((ip) => ip.address.family === gateway.family && isWithin(gateway, ip));
  if (reaches) return;
  throw malformed(
    `unreachable static route gateway '${formatIp(gateway)}' specified for network '${network.name}'`,
  );
}

function isWithin(address: NetworkIp['address'], ip: NetworkIp): boolean {
  const shift = BigInt(ipBits(ip.address.family) - prefixOf(ip));
  return address.value >> shift === ip.address.value >> shift;
}

function validateForward(network: Network, forward: Forward): void {
  const { name } = network;
  checkDevices(name, forward);
  if (forward.nat !== undefined && forward.mode !== 'nat') {
    throw malformed(`The <nat> element can only be used when <forward> 'mode' is 'nat' in network ${name}`);
  }
  switch (forward.mode) {
    case 'route':
    case 'nat':
      if (network.ips.length === 0) {
        throw malformed(
          `${forward.mode} forwarding requested, but no IP address provided for network '${name}'`,
        );
      }
      if (forward.interfaces.length > 1) {
        throw malformed(
          `multiple forwarding interfaces specified for network '${name}', only one is supported`,
        );
      }
      return;
    case 'open':
      if (forward.interfaces.length > 0) {
        throw malformed(`forward dev not allowed for network '${name}' with forward mode='open'`);
      }
      return;
    default:
      validateForeignBridge(network, forward);
  }
}

/** Of networks that lie on what the host already has. */
function validateForeignBridge(network: Network, { mode, interfaces, pf }: Forward): void {
  const { name, bridge = {}, mtu } = network;
  if (mode !== 'bridge') {
    const refuse = (what: string) =>
      malformed(`bridge ${what} not allowed in ${mode} mode (network '${name}')`);
    if (bridge.name !== undefined) throw refuse('name');
    if (bridge.zone !== undefined) throw refuse('zone');
    if (bridge.macTableManager !== undefined) throw refuse('macTableManager setting');
  }
  if ((bridge.delay ?? 0) !== 0 || bridge.stp !== undefined || bridge.zone !== undefined) {
    throw malformed(
      `bridge delay/stp/zone options only allowed in route, nat, and isolated mode, not in ${mode} (network '${name}')`,
    );
  }
  if (bridge.name !== undefined && (interfaces.length > 0 || pf !== undefined)) {
    throw malformed(
      `A network with forward mode='${mode}' can specify a bridge name or a forward dev, but not both (network '${name}')`,
    );
  }
  if (mtu !== undefined) {
    throw malformed(
      `mtu size only allowed in open, route, nat, and isolated mode, not in ${mode} (network '${name}')`,
    );
  }
}

function checkDevices(network: string, { interfaces, addresses }: Forward): void {
  const seen = new Set<string>();
  for (const { dev } of interfaces) {
    if (dev === undefined) {
      throw malformed(
        `Missing required dev attribute in <forward> <interface> element of network ${network}`,
      );
    }
    if (seen.has(dev)) throw malformed(`interface '${dev}' can only be listed once in network ${network}`);
    seen.add(dev);
  }
  for (const address of addresses) {
    const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
    const { domain, bus, slot } = address;
    const shown = `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${address.function.toString(16)}`;
    if (seen.has(shown)) {
      throw malformed(`PCI device '${shown}' can only be listed once in network ${network}`);
    }
    seen.add(shown);
  }
}
