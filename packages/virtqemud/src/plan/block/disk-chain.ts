import { VirError } from '@modvirt/core/errors';
import type { BackingStore, Disk, StorageSource } from '../definition/types.js';
import type { BlockFormat, BlockImage, CacheMode, ImageDescriptors, NodeNames } from './layers.js';

/** A disk's images, the guest's own first, and the nodes that filter what it reads and writes. */
export interface DiskChain {
  readonly images: readonly PlannedImage[];
  /** Whether the last image is said to have none below it. */
  readonly ended: boolean;
  readonly filters: readonly { readonly node: string; readonly group: string }[];
}

/** An image before its secrets have objects. */
export interface PlannedImage {
  readonly source: StorageSource;
  readonly image: Omit<BlockImage, 'secrets' | 'location' | 'dataFile'>;
  readonly isTop: boolean;
  /** Where a qcow2 image keeps its data if not in itself. */
  readonly dataFile: PlannedImage | undefined;
}

/** Hands out numbers of block nodes, in the order in which libvirt does. */
export interface NodeNumbers {
  next(): number;
}

/** What is handed out while chains are planned. */
export interface ChainPlanning extends NodeNumbers {
  /** The descriptors of that group, in a set of their own. */
  descriptors(group: string): ImageDescriptors | undefined;
}

export function nodeNumbers(): NodeNumbers {
  let last = 0;
  return { next: () => ++last };
}

/** Whether there is something in the drive. */
export function hasMedium(disk: Disk): boolean {
  const path = sourcePath(disk);
  return path !== undefined && path !== '';
}

/** What identifies the place of an image, empty when there is none. */
export function sourcePath(source: StorageSource): string | undefined {
  switch (source.type) {
    case 'file':
      return source.source?.file;
    case 'block':
      return source.source?.dev;
    case 'dir':
      return source.source?.dir;
    case 'network':
      return source.source?.name ?? source.source?.protocol;
    case 'volume':
      return source.source?.volume;
    case 'nvme':
      return source.source === undefined ? undefined : 'nvme';
    case 'vhostuser':
      return source.source?.path;
    case 'vhostvdpa':
      return source.source?.dev;
  }
}

export function diskChain(disk: Disk, numbers: ChainPlanning): DiskChain {
  const images: PlannedImage[] = [topImage(disk, numbers)];
  let below = disk.backingStore;
  while (below !== undefined && below.type !== 'none') {
    images.push(backingImage(below, disk, numbers));
    below = below.backingStore;
  }
  const filters = disk.throttlefilters.map(({ group }) => ({
    node: `libvirt-${numbers.next()}-filter`,
    group,
  }));
  return { images, ended: below?.type === 'none', filters };
}

function topImage(disk: Disk, numbers: ChainPlanning): PlannedImage {
  const { driver } = disk;
  return withParts(disk, numbers, {
    source: disk,
    isTop: true,
    image: {
      nodePrefix: `libvirt-${numbers.next()}`,
      format: formatOf(disk.source?.encryption ?? disk.encryption, driver?.type, {
        metadataCacheSize: driver?.metadata_cache?.max_size,
        discardNoUnref: driver?.discard_no_unref,
      }),
      readOnly: disk.readonly === true,
      slice: disk.type === 'vhostuser' ? undefined : sliceOf(disk),
      cache: cacheOf(disk),
      discard: driver?.discard,
      detectZeroes: detectZeroes(driver?.detect_zeroes, driver?.discard),
    },
  });
}

/** Adds to an image, which has its number, what has numbers after it. */
/** Names that an image's nodes got when the guest was started, or when the image was added. */
function keptNodes(source: StorageSource): NodeNames | undefined {
  const kept = source.source?.privateData?.nodenames ?? [];
  if (kept.length === 0) return undefined;
  const named = (type: string) => kept.find((it) => it.type === type)?.name;
  return { storage: named('storage'), slice: named('slice-storage'), format: named('format') };
}

function withParts(
  source: StorageSource,
  numbers: ChainPlanning,
  planned: Omit<PlannedImage, 'dataFile'>,
): PlannedImage {
  const group = source.type === 'file' ? source.source?.fdgroup : undefined;
  const named = { ...planned.image, nodes: keptNodes(source) };
  const image = group === undefined ? named : { ...named, fds: numbers.descriptors(group) };
  return { ...planned, image, dataFile: dataImage(source, numbers, image) };
}

function dataImage(
  { source }: StorageSource,
  numbers: ChainPlanning,
  owner: PlannedImage['image'],
): PlannedImage | undefined {
  if (source === undefined || !('dataStore' in source) || source.dataStore === undefined) return undefined;
  const { image: stored, format } = source.dataStore;
  const nodePrefix = `libvirt-${numbers.next()}`;
  const { readOnly, cache, discard } = owner;
  return withParts(stored, numbers, {
    source: stored,
    isTop: false,
    image: { nodePrefix, format: { name: format?.type ?? 'raw' }, readOnly, cache, discard },
  });
}

/** Zeroes are only unmapped where unmapping is allowed at all. */
function detectZeroes(wanted: 'off' | 'on' | 'unmap' | undefined, discard: 'unmap' | 'ignore' | undefined) {
  return wanted === 'unmap' && discard !== 'unmap' ? 'on' : wanted;
}

function backingImage(backing: BackingStore, disk: Disk, numbers: ChainPlanning): PlannedImage {
  if (backing.type === 'none') throw VirError.of('INTERNAL_ERROR', 'the end of a chain is no image');
  return withParts(backing, numbers, {
    source: backing,
    isTop: false,
    image: {
      nodePrefix: `libvirt-${numbers.next()}`,
      format: formatOf(backing.source?.encryption, backing.format?.type, {
        metadataCacheSize: backing.format?.metadata_cache?.max_size,
      }),
      readOnly: true,
      slice: sliceOf(backing),
      cache: cacheOf(disk),
      discard: disk.driver?.discard,
    },
  });
}

function formatOf(
  encryption: Disk['encryption'],
  name: string | undefined,
  extra: Pick<BlockFormat, 'metadataCacheSize' | 'discardNoUnref'>,
): BlockFormat {
  const byQemu = encryption !== undefined && encryption.engine !== 'librbd';
  return {
    name: name ?? 'raw',
    ...extra,
    encryption: byQemu ? (encryption.format === 'luks' ? 'luks' : 'aes') : undefined,
  };
}

function sliceOf(source: StorageSource): BlockImage['slice'] {
  const [slice] = source.source?.slices ?? [];
  return slice === undefined ? undefined : { offset: slice.offset, size: slice.size };
}

export function cacheOf(disk: Disk): CacheMode {
  if (disk.driver?.cache !== undefined) return disk.driver.cache;
  return disk.shareable === true && disk.readonly !== true ? 'none' : 'default';
}
