import { VirError } from '@modvirt/core/errors';
import type { NewVolume, Pool } from '@modvirt/core/schema';
import type { Command } from './volume-commands.js';

/** What parted says of a part of a disk; bounds in bytes, both inside. */
export interface DiskPart {
  readonly number: number;
  readonly start: bigint;
  readonly end: bigint;
  readonly isFree: boolean;
  readonly fileSystem: string;
  readonly flags: readonly string[];
}

export interface DiskLayout {
  readonly size: bigint;
  /** As parted calls it. */
  readonly label: string;
  readonly parts: readonly DiskPart[];
}

export const layoutCommand = (device: string): Command => [
  'parted',
  '-ms',
  device,
  'unit',
  'B',
  'print',
  'free',
];

export const labelCommand = (device: string, label: string): Command => [
  'parted',
  device,
  'mklabel',
  '--script',
  label,
];

export const removePartCommand = (device: string, number: number): Command => [
  'parted',
  device,
  'rm',
  '--script',
  String(number),
];

/** The device of a pool of type `disk`. @throws VirError when it has none, or more than one */
export function diskOf({ source, name }: Pool): string {
  const [device, ...others] = source.devices;
  if (device !== undefined && others.length === 0) return device.path;
  throw VirError.of('INTERNAL_ERROR', `expected exactly 1 device for the storage pool '${name}'`, {
    domain: 'STORAGE',
  });
}

/** libvirt's `dos` is parted's `msdos`. */
export function labelOf({ source }: Pool): string {
  const { format = 'unknown' } = source;
  return format === 'unknown' || format === 'dos' ? 'msdos' : format;
}

/** Lines of `NUMBER:START:END:SIZE:FILESYSTEM:NAME:FLAGS;`, the second of them the disk's own. */
export function parseLayout(text: string): DiskLayout {
  const [, disk = '', ...rows] = text.split('\n').filter((line) => line !== '');
  const [, size = '0B', , , , label = ''] = disk.split(':');
  return { size: bytes(size), label, parts: rows.map(parsePart) };
}

function parsePart(row: string): DiskPart {
  const [number = '0', start = '', end = '', , fileSystem = '', , flags = ''] = row
    .replace(/;$/, '')
    .split(':');
  return {
    number: Number(number),
    start: bytes(start),
    end: bytes(end),
    isFree: fileSystem === 'free',
    fileSystem,
    flags: flags === '' ? [] : flags.split(', '),
  };
}

const bytes = (text: string): bigint => BigInt(text.replace(/B$/, '') || '0');

const ALIGNMENT = 1n << 20n;

/** Where a new partition goes: the smallest free part that holds it. */
export function createPartCommand(pool: Pool, layout: DiskLayout, volume: NewVolume): Command {
  const room = layout.parts
    .filter((it) => it.isFree)
    .map(({ start, end }) => ({ start: alignedUp(start), end }))
    .filter(({ start, end }) => end - start + 1n >= volume.capacity)
    .sort((one, other) => Number(one.end - one.start - (other.end - other.start)));
  const [place] = room;
  if (place === undefined) {
    throw VirError.of('INTERNAL_ERROR', 'no large enough free extent', { domain: 'STORAGE' });
  }
  const end = place.start + volume.capacity - 1n;
  return [
    'parted',
    diskOf(pool),
    'mkpart',
    '--script',
    ...kindOf(layout, volume),
    `${place.start}B`,
    `${end}B`,
  ];
}

const alignedUp = (at: bigint): bigint => ((at + ALIGNMENT - 1n) / ALIGNMENT) * ALIGNMENT;

const FILE_SYSTEMS: Readonly<Record<string, string>> = {
  linux: 'ext2',
  fat16: 'fat16',
  fat32: 'fat32',
  'linux-swap': 'linux-swap',
  'linux-lvm': 'ext2',
  'linux-raid': 'ext2',
};

/** Tables of DOS tell kinds of partitions apart; others have a name or a hint of what will be inside. */
function kindOf({ label, parts }: DiskLayout, { target }: NewVolume): readonly string[] {
  const { format = 'none' } = target;
  const hint = FILE_SYSTEMS[format];
  const hints = hint === undefined ? [] : [hint];
  if (label !== 'msdos') return ['primary', ...hints];
  if (format === 'extended') {
    if (parts.some((it) => it.flags.includes('extended')))
      throw VirError.of('INTERNAL_ERROR', 'extended partition already exists', { domain: 'STORAGE' });
    return ['extended'];
  }
  const primaries = parts.filter((it) => !it.isFree && it.number <= 4).length;
  if (primaries < 4) return ['primary', ...hints];
  throw VirError.of('INTERNAL_ERROR', 'no extended partition found and no primary partition available', {
    domain: 'STORAGE',
  });
}

/** The node of a partition: `sda1`, `nvme0n1p1`. */
export function partNode(pool: Pool, device: string, number: number): string {
  const separator = pool.source.devices[0]?.part_separator;
  const isApart = separator ?? /\d$/.test(device);
  return `${device}${isApart ? 'p' : ''}${number}`;
}
