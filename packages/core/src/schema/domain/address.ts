import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional, withDefault } from '../../xml/field.js';
import { fields, groupPrintedIf, merge } from '../../xml/group.js';
import { hex, hex64, nonZero, onOff, type Scalar, string, uint } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';

const zpci = element('zpci', { uid: optional(attr(hex(4))), fid: optional(attr(hex(8))) });

/** What makes a PCI address, as attributes. */
export const pciAddressAttributes = {
  domain: withDefault(attr(hex(4)), 0),
  bus: withDefault(attr(hex(2)), 0),
  slot: withDefault(attr(hex(2)), 0),
  function: withDefault(attr(hex(1)), 0),
};

/** A PCI address as it stands in `<address>` of the host's device. */
export const pciAddress = fields(pciAddressAttributes);
export type PciAddress = Infer<typeof pciAddress>;

/** Whether an address says where; without it the driver assigns one. */
export function isEmptyPciAddress(address: PciAddress): boolean {
  return address.domain === 0 && address.bus === 0 && address.slot === 0;
}

/** @throws VirError XML_ERROR for a part out of range */
export function checkPciAddress(address: PciAddress): void {
  const limits = { domain: 0xffff, bus: 0xff, slot: 0x1f, function: 7 } as const;
  for (const name of ['domain', 'bus', 'slot', 'function'] as const) {
    const [value, limit] = [address[name], limits[name]];
    if (value <= limit) continue;
    const text = (it: number) => `0x${it.toString(16).toUpperCase()}`;
    throw VirError.of(
      'XML_ERROR',
      `Invalid PCI address ${name}='0x${value.toString(16)}', must be <= ${text(limit)}`,
    );
  }
}

/** Numbers of ports from the root hub down: `1.2`, four at most. */
const usbPortPath: Scalar<string> = {
  ...string,
  parse: (text) => (/^\d+(\.\d+){0,3}$/.test(text) ? text : undefined),
};

const usbPort = attr(usbPortPath, {
  invalid: () => VirError.of('INTERNAL_ERROR', "Cannot parse <address> 'port' attribute"),
});

const addressVariants = variants(
  'type',
  {
    pci: merge(
      groupPrintedIf(pciAddress, (it) => !isEmptyPciAddress(it)),
      fields({ multifunction: optional(attr(onOff)), zpci: optional(child(zpci)) }),
    ),
    drive: {
      controller: withDefault(attr(uint()), 0),
      bus: withDefault(attr(uint()), 0),
      target: withDefault(attr(uint()), 0),
      unit: withDefault(attr(uint()), 0),
      diskBus: optional(attr(string)),
    },
    'virtio-serial': {
      controller: withDefault(attr(uint()), 0),
      bus: withDefault(attr(uint()), 0),
      port: withDefault(attr(uint()), 0),
    },
    ccid: { controller: withDefault(attr(uint()), 0), slot: withDefault(attr(uint()), 0) },
    usb: { bus: withDefault(attr(uint()), 0), port: optional(usbPort) },
    'spapr-vio': { reg: optional(attr(hex64(8))) },
    'virtio-s390': {},
    ccw: {
      cssid: optional(attr(hex(1))),
      ssid: optional(attr(hex(1))),
      devno: optional(attr(hex(4))),
    },
    'virtio-mmio': {},
    isa: {
      iobase: optional(attr(nonZero(hex(1)))),
      irq: optional(attr(nonZero(hex(1)))),
    },
    dimm: { slot: withDefault(attr(uint()), 0), base: optional(attr(hex64())) },
    unassigned: {},
  },
  {
    missing: () => VirError.of('INTERNAL_ERROR', 'No type specified for device address'),
    unknown: (value) => VirError.of('CONFIG_UNSUPPORTED', `unknown address type '${value}'`),
  },
);

/** `<address>`: where the guest sees a device. A PCI address of zeros is one still to be assigned. */
export const address = element('address', addressVariants, {
  check(value) {
    if (value.type === 'pci') checkPciAddress(value);
  },
});
export type Address = Infer<typeof address>;
