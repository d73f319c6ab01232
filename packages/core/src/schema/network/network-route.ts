import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { nonZero, string, uint } from '../../xml/scalars.js';
import { formatIp, ipBits, ipNumber, prefixOfMask } from '../ip-number.js';
import { malformed } from './refuse.js';

/** `<route>` that the host gets while the network is active. */
export function networkRoute(network: string) {
  const address = (what: string, name: string) => ({
    missing: () => malformed(`${network}: Missing required ${name} attribute in route definition`),
    invalid: (value: string) => malformed(`${network}: Bad ${what} address '${value}' in route definition`),
  });
  return element(
    'route',
    {
      family: optional(attr(string, { absent: '' })),
      address: attr(ipNumber, address('network', 'address')),
      netmask: optional(
        attr(ipNumber, {
          invalid: (value) => malformed(`${network}: Bad netmask address '${value}' in route definition`),
        }),
      ),
      prefix: optional(attr(uint('bits'))),
      gateway: attr(ipNumber, address('gateway', 'gateway')),
      metric: optional(attr(nonZero(uint()))),
    },
    { check: (route) => checkRoute(network, route) },
  );
}
export type NetworkRoute = Infer<ReturnType<typeof networkRoute>>;

function checkRoute(network: string, route: NetworkRoute): void {
  const { family = 'ipv4', address, netmask, prefix, gateway } = route;
  const shown = formatIp(address);
  if (family !== 'ipv4' && family !== 'ipv6') {
    throw malformed(`${network}: Unrecognized family '${family}' in route definition`);
  }
  if (address.family !== family) {
    throw malformed(
      family === 'ipv4'
        ? `${network}: ${route.family === undefined ? 'No' : 'IPv4'} family specified for non-IPv4 address '${shown}' in route definition`
        : `${network}: ipv6 family specified for non-IPv6 address '${shown}' in route definition`,
    );
  }
  if (gateway.family !== family) {
    throw malformed(
      `${network}: ${family} family specified for non-${family === 'ipv4' ? 'IPv4' : 'IPv6'} gateway '${formatIp(gateway)}' in route definition`,
    );
  }
  if (netmask !== undefined && prefix !== undefined) {
    throw VirError.of('XML_ERROR', `${network}: Route definition cannot have both a prefix and a netmask`);
  }
  if (netmask !== undefined && netmask.family !== family) {
    throw malformed(
      `${network}: Invalid netmask '${formatIp(netmask)}' for address '${shown}' (both must be IPv4)`,
    );
  }
  const bits = routePrefix(route);
  if (bits === undefined || bits > ipBits(family)) {
    throw malformed(`${network}: Invalid prefix ${prefix ?? 0} specified in route definition`);
  }
}

/** Undefined for a netmask with holes. */
export function routePrefix(route: Pick<NetworkRoute, 'address' | 'netmask' | 'prefix'>): number | undefined {
  if (route.prefix !== undefined) return route.prefix;
  if (route.netmask !== undefined) return prefixOfMask(route.netmask);
  if (route.address.value === 0n) return 0;
  if (route.address.family === 'ipv6') return 64;
  const first = route.address.value >> 24n;
  if (first < 128n) return 8;
  return first < 192n ? 16 : 24;
}
