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
      // Leases are those of virtual networks; a guest that has no interface in one has none.
      return [];
    default:
      throw VirError.of('ARGUMENT_UNSUPPORTED', `Unknown IP address data source ${source}`);
  }
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
