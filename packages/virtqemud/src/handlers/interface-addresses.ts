import type { Call } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import { domainInterfaceAddressesSource as sources } from '@modvirt/core/protocol/constants';
import { agentInterfaces, type GuestInterface } from '../agent/guest-addresses.js';
import type { QemuDriver } from '../driver.js';
import { withAgent } from '../process/ask-agent.js';
import type { QemuDomain } from '../process/qemu-domain.js';

const API = 'virDomainInterfaceAddresses';

/** Addresses of a guest's interfaces, from one of those who may know them. */
export async function interfaceAddresses(
  driver: QemuDriver,
  domain: QemuDomain,
  { source, flags }: { readonly source: number; readonly flags: number },
  call: Call,
): Promise<readonly GuestInterface[]> {
  checkFlags(API, flags, 0, 'QEMU');
  if (!domain.isActive) {
    throw VirError.of('OPERATION_INVALID', 'domain is not running', { domain: 'DOMAIN' });
  }
  switch (source) {
    case sources.agent:
      return withAgent(driver, domain, API, call, async ({ command }) =>
        agentInterfaces(await command('guest-network-get-interfaces')),
      );
    case sources.arp:
      return neighbours(driver, domain, call.signal);
    case sources.lease:
      return leases(driver, domain, call.signal);
    default:
      throw VirError.of('ARGUMENT_UNSUPPORTED', `Unknown IP address data source ${source}`);
  }
}

/** What virtual networks have leased to the guest's hardware addresses. */
async function leases(
  driver: QemuDriver,
  domain: QemuDomain,
  signal: AbortSignal,
): Promise<readonly GuestInterface[]> {
  const found: GuestInterface[] = [];
  for (const net of domain.live?.devices.interfaces ?? []) {
    const source = net.type === 'network' || net.type === 'bridge' ? net.source : undefined;
    const [name, mac] = [net.target?.dev, net.mac?.address];
    if (source?.network === undefined || name === undefined || mac === undefined) continue;
    const known = await driver.parts.networks.leases(source.network, mac, signal);
    if (known.length === 0) continue;
    const addrs = known.map(({ family, address, prefix }) => ({
      type: family === 'ipv6' ? 1 : 0,
      addr: address,
      prefix,
    }));
    found.push({ name, hwaddr: mac, addrs });
  }
  return found;
}

/** What the host's own neighbour table says of the guest's hardware addresses. */
async function neighbours(
  driver: QemuDriver,
  domain: QemuDomain,
  signal: AbortSignal,
): Promise<readonly GuestInterface[]> {
  const bytes = await driver.parts.files.read('/proc/net/arp', { signal });
  const rows = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/));
  return (domain.live?.devices.interfaces ?? []).flatMap((it) => {
    const hwaddr = it.mac?.address.toLowerCase();
    const name = it.target?.dev;
    const found = rows.filter((row) => row[3]?.toLowerCase() === hwaddr);
    if (hwaddr === undefined || name === undefined || found.length === 0) return [];
    return [{ name, hwaddr, addrs: found.map(([addr = '']) => ({ type: 0, addr, prefix: 0 })) }];
  });
}
