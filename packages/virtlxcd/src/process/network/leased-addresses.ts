import type { Domain } from '@modvirt/core/schema';
import type { LxcDriver } from '../../driver.js';
import type { LeasedAddress } from '../../plan/interfaces.js';

export interface LeasedInterface {
  readonly name: string;
  readonly hwaddr: string | null;
  readonly addrs: readonly LeasedAddress[];
}

/** What virtual networks have given to a container's interfaces. */
export async function leasedAddresses(
  { parts }: LxcDriver,
  { devices }: Domain,
  signal: AbortSignal,
): Promise<LeasedInterface[]> {
  const found: LeasedInterface[] = [];
  for (const net of devices.interfaces) {
    const mac = net.mac?.address;
    if (net.type !== 'network' || mac === undefined || net.source === undefined) continue;
    const addrs = await parts.networks.leases(net.source.network, mac, signal);
    if (addrs.length > 0) found.push({ name: net.target?.dev ?? '', hwaddr: mac, addrs });
  }
  return found;
}
