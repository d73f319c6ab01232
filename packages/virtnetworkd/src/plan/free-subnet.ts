import { formatIp, formatNetwork, type Network, prefixOf } from '@modvirt/core/schema';
import { collidingDevice } from './route-collision.js';

const SHIPPED = '192.168.122.';
/** Third bytes that are tried: those behind the shipped one, then those before it. */
const TRIED = [...counting(123, 254), ...counting(100, 121)];

function counting(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** Whether it is the network that is shipped, with the subnet that nobody chose. */
export function isShippedDefault({ name, ips, routes, dns }: Network): boolean {
  const [ip, ...more] = ips;
  if (name !== 'default' || ip === undefined || more.length > 0 || routes.length > 0) return false;
  const hasHosts = (ip.dhcp?.hosts.length ?? 0) > 0 || (dns?.hosts.length ?? 0) > 0;
  return formatIp(ip.address) === `${SHIPPED}1` && prefixOf(ip) === 24 && !hasHosts;
}

/**
 * The document of the shipped network on a subnet that the host does not have.
 *
 * @param procNetRoute the host's routes
 * @param read reads a document of a network
 * @returns undefined when there is none
 */
export function onFreeSubnet(
  network: Network,
  procNetRoute: string,
  read: (xml: string) => Network,
): Network | undefined {
  const text = formatNetwork(network, { inactive: true });
  for (const byte of TRIED) {
    const moved = read(text.replaceAll(SHIPPED, `192.168.${byte}.`));
    if (collidingDevice(moved, procNetRoute) === undefined) return moved;
  }
  return undefined;
}
