import { attr } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional, printedIf, when } from '../../xml/field.js';
import { oneOf, string, uint, yesNo } from '../../xml/scalars.js';
import { pciAddressAttributes } from '../domain/address.js';
import { ipNumber } from '../ip-number.js';
import { unknown } from '../refusals.js';
import { malformed } from './refuse.js';

export const FORWARD_MODES = [
  'nat',
  'route',
  'open',
  'bridge',
  'private',
  'vepa',
  'passthrough',
  'hostdev',
] as const;
export type ForwardMode = (typeof FORWARD_MODES)[number];

const connections = when(
  (cx) => !cx.inactive,
  printedIf((count: number) => count > 0, optional(attr(uint(), { name: 'connections' }))),
);

/** `<interface>` of the host that the network's guests may use. */
export const forwardInterface = element('interface', {
  dev: optional(attr(string, { absent: '' })),
  connections,
});
export type ForwardInterface = Infer<typeof forwardInterface>;

function forwardAddress(network: string) {
  return element('address', {
    type: attr(oneOf('pci'), {
      missing: () => malformed(`missing address type in network ${network}`),
      invalid: (value) => malformed(`unknown address type '${value}' in network ${network}`),
    }),
    ...pciAddressAttributes,
    connections,
  });
}
export type ForwardAddress = Infer<ReturnType<typeof forwardAddress>>;

const driver = element('driver', {
  name: optional(attr(oneOf('kvm', 'vfio', 'xen'), unknown('PCI hostdev driver name'))),
  model: optional(attr(string)),
});

function nat(network: string) {
  const bound = (side: 'start' | 'end') =>
    attr(ipNumber, {
      missing: () =>
        malformed(
          `missing '${side}' attribute in <address> element in <nat> in <forward> in network ${network}`,
        ),
      invalid: (value) =>
        malformed(`Bad ipv4 ${side} address '${value}' in <nat> in <forward> in network '${network}'`),
    });
  const port = (side: 'start' | 'end') => {
    const bad = () =>
      malformed(
        `Missing or invalid '${side}' attribute in <port> in <nat> in <forward> in network ${network}`,
      );
    return attr(uint(), { missing: bad, invalid: bad });
  };
  return element('nat', {
    ipv6: optional(attr(yesNo)),
    address: optional(child(element('address', { start: bound('start'), end: bound('end') }))),
    port: optional(child(element('port', { start: port('start'), end: port('end') }))),
  });
}
export type Nat = Infer<ReturnType<typeof nat>>;

/** `<forward>`: how the network is connected to what lies outside. */
export function forward(network: string) {
  return element(
    'forward',
    {
      dev: optional(attr(string, { absent: '' })),
      mode: optional(
        attr(oneOf(...FORWARD_MODES), {
          invalid: (value) => malformed(`unknown forwarding type '${value}'`),
        }),
      ),
      managed: printedIf((managed) => managed, optional(attr(yesNo))),
      nat: optional(child(nat(network))),
      driver: optional(child(driver)),
      pf: optional(
        child(
          element('pf', {
            dev: attr(string, {
              missing: () =>
                malformed(`Missing required dev attribute in <pf> element of network '${network}'`),
            }),
          }),
        ),
      ),
      addresses: children(forwardAddress(network)),
      interfaces: children(forwardInterface),
    },
    {
      // What a physical function offers is found out at the start of the network.
      printed(value, cx) {
        const [first] = value.interfaces;
        if (value.pf === undefined) return first?.dev === undefined ? value : { ...value, dev: first.dev };
        return cx.inactive ? { ...value, addresses: [], interfaces: [] } : value;
      },
    },
  );
}
export type ForwardElement = Infer<ReturnType<typeof forward>>;
