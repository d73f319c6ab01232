import type { DhcpLease, Network, NetworkIp } from '@modvirt/core/schema';

/** The address of each family that has DHCP: only one of each can. */
export function dhcpIps({ ips }: Network): readonly NetworkIp[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const found = ips.find((it) => it.address.family === family && hasDhcp(it));
    return found === undefined ? [] : [found];
  });
}

export function hasDhcp({ dhcp }: NetworkIp): boolean {
  return dhcp !== undefined && dhcp.ranges.length + dhcp.hosts.length > 0;
}

/** As dnsmasq wants it: `90s`, `5m`, `2h`, `infinite`. */
export function leaseTime({ expiry, unit = 'minutes' }: DhcpLease): string {
  return expiry === 0n ? 'infinite' : `${expiry}${unit.slice(0, 1)}`;
}
