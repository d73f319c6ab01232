import { attr, childAttr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { type Field, optional, printedIf } from '../../xml/field.js';
import { string, uint, yesNo } from '../../xml/scalars.js';
import { ipBits, ipNumber, prefixOfMask } from '../ip-number.js';
import { dhcp } from './dhcp.js';
import { invalidIn, malformed } from './refuse.js';

/** The tags around an address stand on lines of their own, also when nothing is between them. */
function onTwoLines<T>(inner: Field<T, 'required'>): Field<T, 'required'> {
  return {
    presence: 'required',
    bind: (key) => ({ ...inner.bind(key), content: (writer) => writer.lines(() => '') }),
  };
}

/** `<ip>`: an address of the host on the network, and the addresses that it lends. */
export function networkIp(network: string) {
  return element('ip', {
    family: optional(attr(string, { absent: '' })),
    address: onTwoLines(
      attr(ipNumber, {
        ...invalidIn(network, 'address'),
        missing: () => malformed(`Missing required address attribute in network '${network}'`),
      }),
    ),
    netmask: optional(attr(ipNumber, invalidIn(network, 'netmask'))),
    prefix: optional(attr(uint('bits'))),
    localPtr: optional(attr(yesNo)),
    tftp: optional(childAttr('tftp', 'root', string)),
    dhcp: printedIf((it) => it.ranges.length > 0 || it.hosts.length > 0, optional(child(dhcp(network)))),
  });
}
export type NetworkIp = Infer<ReturnType<typeof networkIp>>;

/** How many bits of an address are the subnet's, by the old classes when nothing is said. */
export function prefixOf(ip: Pick<NetworkIp, 'address' | 'netmask' | 'prefix'>): number {
  if (ip.prefix !== undefined && ip.prefix > 0) return ip.prefix;
  if (ip.netmask !== undefined) return prefixOfMask(ip.netmask) ?? ipBits(ip.address.family);
  if (ip.address.family === 'ipv6') return 64;
  const first = ip.address.value >> 24n;
  if (first < 128n) return 8;
  return first < 192n ? 16 : 24;
}
