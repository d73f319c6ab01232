import { VirError } from '../../errors/vir-error.js';
import { formatIp, ipBits, lastOfSubnet, sameIp, subnetOf } from '../ip-number.js';
import type { DhcpRange } from './dhcp.js';
import { type NetworkIp, prefixOf } from './network-ip.js';

const MOST = 65_535n;

/** How many addresses a range has. */
export function rangeSize({ start, end }: Pick<DhcpRange, 'start' | 'end'>): bigint {
  return end.value - start.value + 1n;
}

/** @throws VirError INTERNAL_ERROR when a range does not fit the address that it stands below */
export function checkRange(range: DhcpRange, ip: NetworkIp): void {
  const { start, end } = range;
  const shown = `${formatIp(start)} - ${formatIp(end)}`;
  const refuse = (detail: string) => VirError.of('INTERNAL_ERROR', detail);
  if (start.family !== end.family) throw refuse(`mismatch of address family in range ${shown}`);
  const network = formatIp(ip.address);
  if (start.family !== ip.address.family) {
    throw refuse(`mismatch of address family in range ${shown} for network ${network}`);
  }
  const prefix = prefixOf(ip);
  const first = subnetOf(ip.address, prefix);
  const isInside = [start, end].every((it) => sameIp(subnetOf(it, prefix), first));
  if (!isInside) throw refuse(`range ${shown} is not entirely within network ${network}/${prefix}`);
  if (start.family === 'ipv4' && prefix < ipBits('ipv4')) {
    if (sameIp(start, first)) {
      throw refuse(`start of range ${shown} in network ${network}/${prefix} is the network address`);
    }
    if (sameIp(end, lastOfSubnet(ip.address, prefix))) {
      throw refuse(`end of range ${shown} in network ${network}/${prefix} is the broadcast address`);
    }
  }
  if (rangeSize(range) < 1n) throw refuse(`range ${shown} start larger than end`);
  if (rangeSize(range) > MOST) throw refuse(`range ${shown} is too large (> ${MOST})`);
}
