// What the first bytes of an image file say. Nothing here trusts them: every place is checked against what was read, and no
// number from the file decides how much memory is taken.

/** As much of a file as is looked at: the ISO 9660 mark lies furthest in. */
export const HEADER_BYTES = 0x8200;

export interface BackingName {
  /** As it is written in the image. */
  readonly path: string;
  readonly format?: string;
}

export interface ImageHeader {
  readonly format: string;
  /** Size of the disk in bytes; absent where it is the file's. */
  readonly capacity?: bigint;
  readonly backing?: BackingName;
  readonly compat?: string;
  readonly clusterBytes?: bigint;
  readonly features?: { readonly lazyRefcounts?: true; readonly extendedL2?: true };
  readonly encryption?: 'luks' | 'qcow';
  /** Where an encrypted disk begins in its file. */
  readonly payloadOffset?: bigint;
}

const RAW: ImageHeader = { format: 'raw' };
/** libvirt's own limit, and QEMU's. */
const MAX_BACKING_NAME = 1023;

export function readImageHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { format, at, mark, read } of FORMATS) {
    if (!hasMark(bytes, at, mark)) continue;
    return read?.(view, bytes) ?? { format };
  }
  return RAW;
}

interface Format {
  readonly format: string;
  readonly at: number;
  readonly mark: readonly number[];
  /** Undefined when the rest of the header makes no sense. */
  readonly read?: (view: DataView, bytes: Uint8Array) => ImageHeader | undefined;
}

const letters = (text: string): number[] => [...text].map((it) => it.charCodeAt(0));

const FORMATS: readonly Format[] = [
  { format: 'qcow2', at: 0, mark: [...letters('QFI'), 0xfb, 0, 0, 0, 2], read: readQcow2 },
  { format: 'qcow2', at: 0, mark: [...letters('QFI'), 0xfb, 0, 0, 0, 3], read: readQcow2 },
  { format: 'qcow', at: 0, mark: [...letters('QFI'), 0xfb, 0, 0, 0, 1], read: readQcow1 },
  { format: 'qed', at: 0, mark: letters('QED\0'), read: readQed },
  { format: 'vmdk', at: 0, mark: letters('KDMV'), read: readVmdk },
  {
    format: 'raw',
    at: 0,
    mark: [...letters('LUKS'), 0xba, 0xbe],
    read: readLuks,
  },
  { format: 'vpc', at: 0, mark: letters('conectix'), read: readVpc },
  { format: 'vdi', at: 64, mark: [0x7f, 0x10, 0xda, 0xbe], read: readVdi },
  { format: 'bochs', at: 0, mark: letters('Bochs Virtual HD Image') },
  { format: 'ploop', at: 0, mark: letters('WithoutFreeSpace') },
  { format: 'iso', at: 0x8001, mark: letters('CD001') },
];

function hasMark(bytes: Uint8Array, at: number, mark: readonly number[]): boolean {
  return bytes.length >= at + mark.length && mark.every((byte, index) => bytes[at + index] === byte);
}

function textAt(bytes: Uint8Array, offset: bigint, length: number): string | undefined {
  if (length === 0 || length > MAX_BACKING_NAME || offset > BigInt(bytes.length - length)) return undefined;
  const start = Number(offset);
  const text = new TextDecoder().decode(bytes.subarray(start, start + length));
  return text.includes('\0') ? undefined : text;
}

const QCOW2_V2_BYTES = 72;
const QCOW2_V3_BYTES = 104;
const EXTENSION_BACKING_FORMAT = 0xe2792aca;
const LAZY_REFCOUNTS = 1n;
const EXTENDED_L2 = 1n << 4n;

function readQcow2(view: DataView, bytes: Uint8Array): ImageHeader | undefined {
  const version = view.getUint32(4);
  if (view.byteLength < (version >= 3 ? QCOW2_V3_BYTES : QCOW2_V2_BYTES)) return undefined;
  const clusterBits = view.getUint32(20);
  const name = textAt(bytes, view.getBigUint64(8), view.getUint32(16));
  const start = version >= 3 ? view.getUint32(100) : QCOW2_V2_BYTES;
  const backingFormat = backingFormatOf(view, bytes, start);
  const crypt = view.getUint32(32);
  return {
    format: 'qcow2',
    capacity: view.getBigUint64(24),
    ...(clusterBits >= 9 && clusterBits <= 21 ? { clusterBytes: 1n << BigInt(clusterBits) } : {}),
    ...(name === undefined ? {} : { backing: withFormat(name, backingFormat) }),
    ...(version >= 3 ? { compat: '1.1', features: featuresOf(view) } : {}),
    ...(crypt === 2 ? { encryption: 'luks' as const } : crypt === 1 ? { encryption: 'qcow' as const } : {}),
  };
}

function withFormat(path: string, format: string | undefined): BackingName {
  return format === undefined ? { path } : { path, format };
}

function featuresOf(view: DataView): NonNullable<ImageHeader['features']> {
  const incompatible = view.getBigUint64(72);
  const compatible = view.getBigUint64(80);
  return {
    ...((compatible & LAZY_REFCOUNTS) === 0n ? {} : { lazyRefcounts: true as const }),
    ...((incompatible & EXTENDED_L2) === 0n ? {} : { extendedL2: true as const }),
  };
}

/** Header extensions: a number, a length, that many bytes, padded to eight. */
function backingFormatOf(view: DataView, bytes: Uint8Array, start: number): string | undefined {
  for (let at = start; at + 8 <= view.byteLength; ) {
    const kind = view.getUint32(at);
    const length = view.getUint32(at + 4);
    if (kind === 0 || length > view.byteLength - at - 8) return undefined;
    if (kind === EXTENSION_BACKING_FORMAT) return textAt(bytes, BigInt(at + 8), length);
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return undefined;
}

function readQcow1(view: DataView, bytes: Uint8Array): ImageHeader | undefined {
  if (view.byteLength < 48) return undefined;
  const name = textAt(bytes, view.getBigUint64(8), view.getUint32(16));
  return {
    format: 'qcow',
    capacity: view.getBigUint64(24),
    ...(name === undefined ? {} : { backing: { path: name } }),
    ...(view.getUint32(36) === 1 ? { encryption: 'qcow' as const } : {}),
  };
}

const QED_BACKING = 1n;
const QED_BACKING_RAW = 4n;

function readQed(view: DataView, bytes: Uint8Array): ImageHeader | undefined {
  if (view.byteLength < 64) return undefined;
  const features = view.getBigUint64(16, true);
  const name =
    (features & QED_BACKING) === 0n
      ? undefined
      : textAt(bytes, BigInt(view.getUint32(56, true)), view.getUint32(60, true));
  const format = (features & QED_BACKING_RAW) === 0n ? undefined : 'raw';
  return {
    format: 'qed',
    capacity: view.getBigUint64(48, true),
    ...(name === undefined ? {} : { backing: withFormat(name, format) }),
  };
}

const SECTOR = 512n;

function readVmdk(view: DataView): ImageHeader | undefined {
  if (view.byteLength < 20) return undefined;
  const sectors = view.getBigUint64(12, true);
  return sectors > 0xffff_ffff_ffff_ffffn / SECTOR
    ? undefined
    : { format: 'vmdk', capacity: sectors * SECTOR };
}

const LUKS_PAYLOAD_AT = 104;

/** Version 1 says where the disk begins, in sectors. */
function readLuks(view: DataView): ImageHeader {
  const version = view.byteLength < LUKS_PAYLOAD_AT + 4 ? 0 : view.getUint16(6);
  const payloadOffset = version === 1 ? BigInt(view.getUint32(LUKS_PAYLOAD_AT)) * SECTOR : 0n;
  return { ...RAW, encryption: 'luks', payloadOffset };
}

function readVpc(view: DataView): ImageHeader | undefined {
  return view.byteLength < 56 ? undefined : { format: 'vpc', capacity: view.getBigUint64(48) };
}

function readVdi(view: DataView): ImageHeader | undefined {
  return view.byteLength < 0x178 ? undefined : { format: 'vdi', capacity: view.getBigUint64(0x170, true) };
}
