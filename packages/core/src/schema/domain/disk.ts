import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, flag, leaf } from '../../xml/attribute.js';
import type { FormatContext } from '../../xml/context.js';
import { child, children, element, type Infer, within } from '../../xml/element.js';
import { liveOnly, optional, statusOnly, withDefault } from '../../xml/field.js';
import { fields, merge } from '../../xml/group.js';
import { attributeOf, childOf, type XmlElement } from '../../xml/node.js';
import { oneOf, onOff, string, trueFalse, uint, uint64, yesNo } from '../../xml/scalars.js';
import { required, unknown } from '../refusals.js';
import { without } from '../without.js';
import { bootableInfo, virtioOptions } from './device-info.js';
import { auth, encryption } from './encryption.js';
import { iothreadMapping } from './iothread-mapping.js';
import { iotune } from './iotune.js';
import { diskState } from './private-data.js';
import { backingStore, format, metadataCache, storageFormat, storageSource } from './storage-source.js';

const driver = element('driver', {
  name: optional(attr(string)),
  type: optional(attr(storageFormat, unknown('driver format value'))),
  cache: optional(
    attr(oneOf('none', 'writethrough', 'writeback', 'directsync', 'unsafe'), { absent: 'default' }),
  ),
  error_policy: optional(attr(oneOf('stop', 'report', 'ignore', 'enospace'), { absent: 'default' })),
  rerror_policy: optional(attr(oneOf('stop', 'report', 'ignore'), { absent: 'default' })),
  io: optional(attr(oneOf('native', 'threads', 'io_uring'), { absent: 'default' })),
  ioeventfd: optional(attr(onOff)),
  event_idx: optional(attr(onOff)),
  copy_on_read: optional(attr(onOff)),
  discard: optional(attr(oneOf('unmap', 'ignore'), { absent: 'default' })),
  iothread: optional(attr(uint())),
  detect_zeroes: optional(attr(oneOf('off', 'on', 'unmap'), { absent: 'default' })),
  discard_no_unref: optional(attr(onOff)),
  queues: optional(attr(uint())),
  queue_size: optional(attr(uint())),
  ...virtioOptions,
  metadata_cache: optional(child(metadataCache)),
  iothreads: iothreadMapping,
});

const geometry = element('geometry', {
  cyls: attr(uint()),
  heads: attr(uint()),
  secs: attr(uint()),
  trans: optional(attr(oneOf('none', 'auto', 'lba'), { absent: 'default' })),
});

const blockio = element('blockio', {
  logical_block_size: optional(attr(uint('bytes'))),
  physical_block_size: optional(attr(uint('bytes'))),
  discard_granularity: optional(attr(uint('bytes'))),
});

const mirror = element(
  'mirror',
  merge(
    fields({ formatElement: optional(child(format)) }),
    storageSource,
    fields({
      file: optional(attr(string)),
      format: optional(attr(string)),
      job: optional(attr(oneOf('copy', 'active-commit'))),
      ready: optional(attr(oneOf('yes', 'abort', 'pivot'))),
      backingStore: optional(child(backingStore)),
    }),
  ),
);

const target = element(
  'target',
  {
    dev: attr(string, { missing: () => VirError.of('NO_TARGET') }),
    bus: optional(
      attr(oneOf('ide', 'fdc', 'scsi', 'virtio', 'xen', 'usb', 'uml', 'sata', 'sd', 'nvme'), {
        absent: 'none',
      }),
    ),
    tray: optional(attr(oneOf('open', 'closed'))),
    removable: optional(attr(onOff)),
    rotation_rate: optional(attr(uint('rpm'))),
  },
  // Other buses take it from a document, too, but show it in none.
  { printed: (value) => (value.bus === 'usb' ? value : without(value, 'removable')) },
);

const transient = element('transient', { shareBacking: optional(attr(yesNo)) }, { whenEmpty: 'keep' });

function missingTarget(node: XmlElement): VirError {
  const source = childOf(node, 'source');
  const place =
    source === undefined ? undefined : (attributeOf(source, 'file') ?? attributeOf(source, 'dev'));
  return place === undefined ? VirError.of('NO_TARGET') : VirError.of('NO_TARGET', place);
}

/** Where `<auth>` and `<encryption>` stand, in the disk itself or in its source. */
const secretsPlacement = element('diskSecretsPlacement', {
  auth: optional(attr(trueFalse)),
  enc: optional(attr(trueFalse)),
});

interface WithOwnSecrets {
  readonly auth?: unknown;
  readonly encryption?: unknown;
}

function withSecretsPlacement<T extends WithOwnSecrets>(value: T, cx: FormatContext): T {
  if (!cx.status || (value.auth === undefined && value.encryption === undefined)) return value;
  const auth = value.auth === undefined ? {} : { auth: true };
  const enc = value.encryption === undefined ? {} : { enc: true };
  return { ...value, diskSecretsPlacement: { ...auth, ...enc } };
}

/** `<disk>`: a block device of the guest. */
export const disk = element(
  'disk',
  merge(
    fields({ driver: optional(child(driver)), auth: optional(child(auth)) }),
    storageSource,
    fields({
      device: withDefault(attr(oneOf('disk', 'cdrom', 'floppy', 'lun')), 'disk'),
      model: optional(attr(oneOf('virtio', 'virtio-transitional', 'virtio-non-transitional'))),
      rawio: optional(attr(yesNo)),
      sgio: optional(attr(oneOf('filtered', 'unfiltered'))),
      snapshot: optional(attr(oneOf('no', 'internal', 'external', 'manual'))),
      backingStore: optional(child(backingStore)),
      backenddomain: optional(childAttr('backenddomain', 'name', string)),
      geometry: optional(child(geometry)),
      blockio: optional(child(blockio)),
      mirror: liveOnly(optional(child(mirror))),
      target: child(target, { missing: (node) => missingTarget(node) }),
      iotune: optional(child(iotune)),
      throttlefilters: within(
        'throttlefilters',
        children(element('throttlefilter', { group: attr(string) })),
      ),
      readonly: flag(),
      shareable: flag(),
      transient: optional(child(transient)),
      serial: optional(leaf(string)),
      wwn: optional(leaf(string)),
      vendor: optional(leaf(string)),
      product: optional(leaf(string)),
      encryption: optional(child(encryption)),
      ...bootableInfo,
      privateData: diskState,
      diskSecretsPlacement: statusOnly(optional(child(secretsPlacement))),
    }),
  ),
  { printed: withSecretsPlacement },
);
export type Disk = Infer<typeof disk>;

/** `<lease>`: a lease that a lock manager holds for the guest. */
export const lease = element('lease', {
  lockspace: optional(leaf(string)),
  key: leaf(string, required("Missing 'key' element for lease")),
  target: child(
    element('target', {
      path: attr(string),
      offset: withDefault(attr(uint64('bytes')), 0n, { hidden: true }),
    }),
  ),
});
export type Lease = Infer<typeof lease>;
