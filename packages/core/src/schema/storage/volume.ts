import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, flag, leaf } from '../../xml/attribute.js';
import { formatLive, parseInactive } from '../../xml/context.js';
import { child, children, element, expectRoot, type Infer } from '../../xml/element.js';
import { optional, readWhen } from '../../xml/field.js';
import { readXml } from '../../xml/reader.js';
import { oneOf, string, uint64 } from '../../xml/scalars.js';
import { encryption } from '../domain/encryption.js';
import { required } from '../refusals.js';
import { sizeInBytes } from '../size.js';
import { permissions } from './permissions.js';
import { type PoolType, poolType } from './pool-types.js';

const never = (): boolean => false;

const timestamps = element('timestamps', {
  atime: optional(leaf(string)),
  mtime: optional(leaf(string)),
  ctime: optional(leaf(string)),
  btime: optional(leaf(string)),
});

const featureNames = element(
  'features',
  { lazyRefcounts: flag('lazy_refcounts'), extendedL2: flag('extended_l2') },
  {
    whenEmpty: 'keep',
    check(_value, { children }) {
      for (const it of children) {
        if (it.kind !== 'element' || it.local === 'lazy_refcounts' || it.local === 'extended_l2') continue;
        throw VirError.of('CONFIG_UNSUPPORTED', `unsupported feature ${it.local}`, { domain: 'STORAGE' });
      }
    },
  },
);

const image = {
  path: optional(leaf(string)),
  format: optional(childAttr('format', 'type', string)),
  permissions: optional(child(permissions)),
  timestamps: readWhen(never, optional(child(timestamps))),
  encryption: optional(child(encryption)),
  compat: optional(leaf(string)),
  nocow: flag(),
  clusterSize: optional(sizeInBytes()),
  features: optional(child(featureNames)),
} as const;

const extent = element('extent', { start: attr(uint64('bytes')), end: attr(uint64('bytes')) });
const sourceDevice = element('device', { path: attr(string), extents: children(extent) });
const volumeSource = element('source', { devices: children(sourceDevice) });

const types = ['file', 'block', 'dir', 'network', 'netdir', 'ploop'] as const;

/** Offsets in files are signed. */
const bounded = {
  unit: 'bytes',
  max: 0x7fff_ffff_ffff_ffffn,
  invalid: () => VirError.of('XML_ERROR', 'malformed capacity element'),
} as const;

/** `<volume>` as it is written. */
export const volumeElement = element('volume', {
  type: optional(
    attr(oneOf(...types), {
      invalid: (value) => VirError.of('CONFIG_UNSUPPORTED', `unknown volume type '${value}'`),
    }),
  ),
  name: leaf(string, required('missing volume name element')),
  key: optional(leaf(string)),
  /** Where on its devices a running pool keeps it. */
  source: readWhen(never, optional(child(volumeSource))),
  capacity: optional(sizeInBytes(bounded)),
  allocation: optional(sizeInBytes(bounded)),
  physical: readWhen(never, optional(sizeInBytes({ unit: 'bytes' }))),
  target: optional(child(element('target', image))),
  backingStore: optional(child(element('backingStore', image))),
});
export type WrittenVolume = Infer<typeof volumeElement>;
export type VolumeImage = NonNullable<WrittenVolume['target']>;
export type VolumeType = (typeof types)[number];

/** A volume's definition. */
export interface Volume extends WrittenVolume {
  readonly type: VolumeType;
  readonly capacity: bigint;
  readonly allocation: bigint;
  readonly target: VolumeImage;
}

/** A volume as a client wrote it, and whether it said how much of it is to be allocated at once. */
export interface NewVolume extends Volume {
  readonly hasAllocation: boolean;
}

export interface ParseVolumeOptions {
  /** The kind of the pool it is for. */
  readonly pool: PoolType;
  /** `optional` where it can come from a backing image, `none` where it comes from the volume that is copied. */
  readonly capacity?: 'required' | 'optional' | 'none';
  readonly validate?: boolean;
}

/** @throws VirError XML_DETAIL, XML_ERROR in libvirt's words */
export function parseVolume(text: string, options: ParseVolumeOptions): NewVolume {
  const root = readXml(text, { source: 'storage_volume_definition', domain: 'STORAGE' });
  const cx = { ...parseInactive, validate: options.validate === true };
  const written = volumeElement.parse(expectRoot(root, 'volume'), cx);
  const { backingStore, target = {}, ...rest } = written;
  const { capacity = 'required', pool } = options;
  const mayLack = capacity === 'none' || (capacity === 'optional' && backingStore !== undefined);
  if (written.capacity === undefined && !mayLack) {
    throw VirError.of('XML_ERROR', 'missing capacity element', { domain: 'STORAGE' });
  }
  const size = written.capacity ?? 0n;
  return {
    ...rest,
    type: written.type ?? 'file',
    capacity: size,
    allocation: written.allocation ?? size,
    hasAllocation: written.allocation !== undefined,
    target: filledImage(target, pool),
    ...(backingStore?.path === undefined ? {} : { backingStore: filledImage(backingStore, pool) }),
  };
}

function filledImage(written: VolumeImage, pool: PoolType): VolumeImage {
  const { format: _, compat, ...rest } = written;
  const format = volumeFormat(written.format, pool);
  if (compat !== undefined) checkCompat(compat);
  const version = compat ?? (rest.features === undefined ? undefined : '1.1');
  return {
    ...rest,
    ...(format === undefined ? {} : { format }),
    ...(version === undefined ? {} : { compat: version }),
  };
}

function volumeFormat(written: string | undefined, pool: PoolType): string | undefined {
  const formats = poolType(pool).volumeFormats;
  if (formats === undefined) return undefined;
  const format = written ?? formats.preset;
  if (
    formats.values.includes(format) &&
    !(format === 'none' && written !== undefined && formats.preset !== 'none')
  )
    return format;
  throw VirError.of('CONFIG_UNSUPPORTED', `unknown volume format type ${format}`, { domain: 'STORAGE' });
}

function checkCompat(compat: string): void {
  if (/[^\d.]/.test(compat))
    throw VirError.of('XML_ERROR', "forbidden characters in 'compat' attribute", { domain: 'STORAGE' });
  if (!/^\d+\.\d+$/.test(compat))
    throw VirError.of('XML_ERROR', "forbidden characters in 'compat' attribute", { domain: 'STORAGE' });
}

export function formatVolume(volume: Volume): string {
  return volumeElement.format(volume, formatLive);
}
