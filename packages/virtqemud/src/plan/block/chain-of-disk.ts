import type { BackingStore, Disk, StorageSource } from '../definition/types.js';
import { hasMedium } from './disk-chain.js';
import type { FoundImage } from './read-chain.js';

/** Where the chain of a disk goes on below what its definition says; undefined when that says where it ends. */
export function lowestKnown(
  disk: Disk,
): { readonly source: StorageSource; readonly format: string } | undefined {
  let lowest: { source: StorageSource; format: string } = {
    source: disk,
    format: disk.driver?.type ?? 'raw',
  };
  for (let below = disk.backingStore; below !== undefined; below = below.backingStore) {
    if (below.type === 'none') return undefined;
    lowest = { source: below, format: below.format?.type ?? 'raw' };
  }
  return lowest;
}

/** The disk with the images that were found below what its definition says. */
export function withChain(disk: Disk, found: readonly FoundImage[]): Disk {
  const [first, ...below] = found;
  const added = chainOf(below);
  const backingStore = disk.backingStore === undefined ? added : appended(disk.backingStore, added);
  const whole = { ...disk, backingStore };
  // Its own data file, where its definition names none.
  if (first?.dataFile === undefined || disk.backingStore !== undefined) return whole;
  return { ...whole, ...withData(disk, first.dataFile) } as Disk;
}

function appended(known: BackingStore, added: BackingStore): BackingStore {
  if (known.type === 'none') return known;
  const { backingStore } = known;
  return { ...known, backingStore: backingStore === undefined ? added : appended(backingStore, added) };
}

function chainOf(images: readonly FoundImage[]): BackingStore {
  const [image, ...below] = images;
  if (image === undefined) return { type: 'none' } as BackingStore;
  const { source, format, dataFile } = image;
  const own = dataFile === undefined ? source : withData(source, dataFile);
  return { ...own, format: { type: format }, backingStore: chainOf(below) } as BackingStore;
}

function withData<S extends StorageSource>(source: S, image: StorageSource): S {
  return { ...source, source: { ...source.source, dataStore: { format: { type: 'raw' }, image } } };
}

/** The disks as they run: each image with the number in its node's name. */
export function withNumbers(disks: readonly Disk[]): readonly Disk[] {
  let last = 0;
  const numbered = disks.toReversed().map((disk) => {
    if (disk.target.bus === 'sd' || disk.type === 'vhostuser') return disk;
    const number = ++last;
    if (!hasMedium(disk)) return withoutFormat(disk);
    const top = numberedSource(disk, number);
    if (hasData(disk)) last++;
    return disk.backingStore === undefined ? top : { ...top, backingStore: numberedBelow(disk.backingStore) };
  });
  return numbered.toReversed();

  function numberedBelow(store: BackingStore): BackingStore {
    if (store.type === 'none') return store;
    const index = ++last;
    if (hasData(store)) last++;
    const { backingStore } = store;
    return {
      ...store,
      index,
      ...(backingStore === undefined ? {} : { backingStore: numberedBelow(backingStore) }),
    };
  }
}

/** Nothing is in the drive, so nothing has a format. */
function withoutFormat(disk: Disk): Disk {
  if (disk.driver === undefined) return disk;
  const { type: _none, ...driver } = disk.driver;
  return { ...disk, driver };
}

function hasData({ source }: StorageSource): boolean {
  return source !== undefined && 'dataStore' in source && source.dataStore !== undefined;
}

function numberedSource(disk: Disk, index: number): Disk {
  return disk.source === undefined ? disk : ({ ...disk, source: { ...disk.source, index } } as Disk);
}
