import { VirError } from '../../errors/vir-error.js';
import { attr, flag, leaf } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional, withDefault } from '../../xml/field.js';
import { fields, merge } from '../../xml/group.js';
import { oneOf, string, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { ipInfo } from '../ip-route.js';
import { required, unknown } from '../refusals.js';
import { romInfo } from './device-info.js';
import {
  mdevSource,
  pciSource,
  scsiHostSource,
  scsiSource,
  usbSource,
  vfioDisplay,
} from './hostdev-source.js';

const managed = withDefault(attr(yesNo), false);
const driver = element('driver', {
  name: optional(attr(oneOf('kvm', 'vfio', 'xen'), { absent: 'default' })),
  model: optional(attr(string)),
});
const teaming = element('teaming', {
  type: attr(oneOf('persistent', 'transient')),
  persistent: optional(attr(string)),
});

const noSource = required('Missing <source> element in hostdev device');
const typeOptions = {
  missing: () => VirError.of('XML_ERROR', 'missing source address type'),
  unknown: unknown('host device source address type').invalid,
};

const subsystem = variants(
  'type',
  {
    pci: {
      managed,
      ...vfioDisplay,
      driver: optional(child(driver)),
      source: child(pciSource, noSource),
      teaming: optional(child(teaming)),
    },
    usb: { managed, source: child(usbSource, noSource) },
    scsi: {
      managed,
      sgio: optional(attr(oneOf('filtered', 'unfiltered'))),
      rawio: optional(attr(yesNo)),
      source: child(scsiSource, noSource),
    },
    scsi_host: {
      managed,
      model: optional(
        attr(oneOf('virtio', 'virtio-transitional', 'virtio-non-transitional'), { absent: 'default' }),
      ),
      source: child(scsiHostSource, noSource),
    },
    mdev: {
      managed,
      model: attr(oneOf('vfio-pci', 'vfio-ccw', 'vfio-ap')),
      ...vfioDisplay,
      source: child(mdevSource, noSource),
    },
  },
  typeOptions,
);

const capabilities = variants(
  'type',
  {
    storage: {
      source: child(
        element('source', {
          block: leaf(string, required('Missing <block> element in hostdev storage device')),
        }),
      ),
    },
    misc: {
      source: child(
        element('source', {
          char: leaf(string, required('Missing <char> element in hostdev character device')),
        }),
      ),
    },
    net: {
      source: child(
        element('source', {
          interface: leaf(string, required('Missing <interface> element in hostdev net device')),
        }),
      ),
      ...ipInfo,
    },
  },
  typeOptions,
);

/** `<hostdev>`: a device of the host handed to the guest. */
export const hostdev = element(
  'hostdev',
  merge(
    variants(
      'mode',
      { subsystem, capabilities },
      {
        fallback: 'subsystem',
        unknown: unknown('hostdev mode').invalid,
      },
    ),
    fields({ readonly: flag(), shareable: flag(), ...romInfo }),
  ),
);
export type Hostdev = Infer<typeof hostdev>;
