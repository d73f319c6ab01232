import { type Network, prefixOf, subnetOf } from '@modvirt/core/schema';

/** A route of the host, as /proc/net/route has it. */
interface HostRoute {
  readonly device: string;
  readonly target: bigint;
  readonly mask: bigint;
}

/** The device by which the host already reaches one of the network's subnets; undefined when there is none. */
export function collidingDevice(network: Network, procNetRoute: string): string | undefined {
  const routes = procNetRoute.split('\n').slice(1).flatMap(routeIn);
  for (const ip of network.ips) {
    if (ip.address.family !== 'ipv4') continue;
    const prefix = prefixOf(ip);
    const target = subnetOf(ip.address, prefix).value;
    const mask = (0xffff_ffffn << BigInt(32 - prefix)) & 0xffff_ffffn;
    const found = routes.find((it) => it.target === target && it.mask === mask);
    if (found !== undefined) return found.device;
  }
  return undefined;
}

function routeIn(line: string): readonly HostRoute[] {
  const [device, target, , , , , , mask] = line.trim().split(/\s+/);
  if (device === undefined || target === undefined || mask === undefined) return [];
  return [{ device, target: numberOf(target), mask: numberOf(mask) }];
}

/** The kernel prints the bytes of an address as a number of its own byte order. */
function numberOf(hex: string): bigint {
  const bytes = hex.match(/../g) ?? [];
  return BigInt(`0x${bytes.reverse().join('')}`);
}
