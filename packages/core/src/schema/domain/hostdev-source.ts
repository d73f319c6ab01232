import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, flag } from '../../xml/attribute.js';
import { child, children, element } from '../../xml/element.js';
import { optional, statusOnly, withDefault } from '../../xml/field.js';
import { hex, oneOf, onOff, string, uint, uint64, uuid, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { required } from '../refusals.js';
import { pciAddressAttributes } from './address.js';
import { auth } from './encryption.js';
import { storageState } from './private-data.js';
import { initiator } from './storage-source.js';

const startupPolicy = optional(attr(oneOf('mandatory', 'requisite', 'optional'), { absent: 'default' }));
const pciHostAddress = element('address', pciAddressAttributes);

/** No address: a definition may be kept that way, but not started. */
const NOWHERE = { domain: 0, bus: 0, slot: 0, function: 0 } as const;

/** What is to be undone when the device goes back to the host. */
const originalStates = element('origstates', { unbind: flag(), removeslot: flag(), reprobe: flag() });

export const pciSource = element('source', {
  startupPolicy,
  writeFiltering: optional(attr(yesNo)),
  address: withDefault(child(pciHostAddress), NOWHERE),
  origstates: statusOnly(optional(child(originalStates))),
});

const usbAddress = element('address', {
  bus: optional(attr(uint(), { absent: '0' })),
  device: optional(attr(uint(), { absent: '0' })),
});

function checkUsbProduct(value: { readonly vendor?: number; readonly product?: number }): void {
  if (value.vendor !== undefined && value.product === undefined) {
    throw VirError.of('INTERNAL_ERROR', 'missing product');
  }
  if (value.vendor === undefined && value.product !== undefined) {
    throw VirError.of('INTERNAL_ERROR', 'missing vendor');
  }
}

export const usbSource = element(
  'source',
  {
    startupPolicy,
    guestReset: optional(attr(oneOf('off', 'uninitialized', 'on'))),
    missing: optional(attr(yesNo)),
    vendor: optional(childAttr('vendor', 'id', hex(4), { whole: true })),
    product: optional(childAttr('product', 'id', hex(4), { whole: true })),
    address: optional(child(usbAddress)),
  },
  { check: checkUsbProduct },
);

const scsiAddress = element('address', {
  bus: withDefault(attr(uint()), 0),
  target: withDefault(attr(uint()), 0),
  unit: withDefault(attr(uint64()), 0n),
});

const iscsiHost = element('host', { name: attr(string), port: optional(attr(uint())) });

export const scsiSource = element(
  'source',
  variants(
    'protocol',
    {
      adapter: {
        adapter: childAttr(
          'adapter',
          'name',
          string,
          required("'adapter' must be specified for scsi hostdev source"),
        ),
        address: child(scsiAddress, required("'address' must be specified for scsi hostdev source")),
        privateData: storageState,
      },
      iscsi: {
        name: attr(string),
        hosts: children(iscsiHost),
        privateData: storageState,
        auth: optional(child(auth)),
        initiator: optional(child(initiator)),
      },
    },
    { fallback: 'adapter', unprinted: ['adapter'] },
  ),
);

export const scsiHostSource = element('source', { protocol: attr(oneOf('vhost')), wwpn: attr(string) });

export const mdevSource = element('source', {
  address: child(element('address', { uuid: attr(uuid) }), {
    missing: () => VirError.of('CONFIG_UNSUPPORTED', 'Missing <address> element'),
  }),
});

const typedAddress = element(
  'address',
  variants('type', {
    pci: pciAddressAttributes,
    usb: { bus: optional(attr(uint())), device: optional(attr(uint())) },
  }),
);

/** `<source>` of an interface that is a host device handed through. */
export const hostInterfaceSource = element('source', {
  vendor: optional(childAttr('vendor', 'id', hex(4), { whole: true })),
  product: optional(childAttr('product', 'id', hex(4), { whole: true })),
  address: optional(child(typedAddress)),
});

export const vfioDisplay = { display: optional(attr(onOff)), ramfb: optional(attr(onOff)) };
