import type { Pool, Volume, VolumeImage } from '@modvirt/core/schema';
import type { VolumeFacts, VolumeFiles } from '../files/volume-files.js';
import { type BackingName, HEADER_BYTES, type ImageHeader, readImageHeader } from '../images/image-header.js';
import type { PoolVolume } from '../pools/storage-pool.js';

/** Directories in which volumes are made before they get their names. */
export const UNFINISHED = '.modvirt-new-';
/** Files looked at at once: enough to keep the disk busy, few enough to leave threads for others. */
const AT_ONCE = 3;

/** All volumes of a directory. Files that go away meanwhile, and what can be no volume, are left out. */
export async function readVolumes(
  files: VolumeFiles,
  directory: string,
  known: ReadonlyMap<string, PoolVolume>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, PoolVolume>> {
  const names = (await files.names(directory)).filter((name) => !name.startsWith(UNFINISHED)).sort();
  const found = new Map<string, PoolVolume | undefined>(names.map((name) => [name, undefined]));
  const next = names[Symbol.iterator]();
  const readers = Array.from({ length: AT_ONCE }, async () => {
    for (const name of next) {
      signal.throwIfAborted();
      found.set(name, await readVolume(files, directory, name, known.get(name)));
    }
  });
  await Promise.all(readers);
  return new Map([...found].filter((it): it is [string, PoolVolume] => it[1] !== undefined));
}

export async function readVolume(
  files: VolumeFiles,
  directory: string,
  name: string,
  known: PoolVolume | undefined,
): Promise<PoolVolume | undefined> {
  const path = `${directory}/${name}`;
  const facts = await files.facts(path);
  if (facts === undefined || facts.type === 'other') return undefined;
  const stamp = stampOf(facts);
  if (known?.stamp === stamp) return known;
  if (facts.type === 'directory') return { stamp, volume: directoryVolume(name, path, facts) };
  const header = readImageHeader(await files.head(path, HEADER_BYTES));
  const backingStore =
    header.backing === undefined ? undefined : await backingImage(files, directory, header.backing);
  return { stamp, volume: imageVolume({ name, path, facts, header, backingStore }) };
}

/** Begins the stamps of what was not read from the file as a whole: the next look at the pool does that. */
const SHALLOW = 'as defined ';

/** The volume as it was defined or found, with its size and owner as they are now. */
export async function lookAtVolume(
  files: VolumeFiles,
  directory: string,
  name: string,
  known: PoolVolume,
): Promise<PoolVolume | undefined> {
  const path = `${directory}/${name}`;
  const facts = await files.facts(path);
  if (facts === undefined || facts.type === 'other') return undefined;
  const stamp = stampOf(facts);
  if (known.stamp === stamp || known.stamp === SHALLOW + stamp) return known;
  return { stamp: SHALLOW + stamp, volume: await updated({ files, directory, path, facts }, known.volume) };
}

interface Place {
  readonly files: VolumeFiles;
  readonly directory: string;
  readonly path: string;
  readonly facts: VolumeFacts;
}

async function updated({ files, directory, path, facts }: Place, volume: Volume): Promise<Volume> {
  const target = { ...volume.target, path, ...ownership(facts) };
  if (facts.type === 'directory') return { ...volume, capacity: 0n, allocation: 0n, type: 'dir', target };
  const { backingStore: written } = volume;
  const backingStore =
    written?.path === undefined
      ? undefined
      : await backingImage(files, directory, { path: written.path, format: written.format ?? 'raw' });
  return {
    ...volume,
    type: facts.type === 'block' ? 'block' : 'file',
    capacity: await capacityOf(files, { path, facts, volume }),
    allocation: facts.allocatedBytes,
    ...(facts.sizeBytes === 0n ? {} : { physical: facts.sizeBytes }),
    target,
    ...(backingStore === undefined ? {} : { backingStore }),
  };
}

interface Sized {
  readonly path: string;
  readonly facts: VolumeFacts;
  readonly volume: Volume;
}

async function capacityOf(files: VolumeFiles, { path, facts, volume }: Sized): Promise<bigint> {
  const { format = 'raw', encryption } = volume.target;
  if (format === 'raw' && encryption === undefined) return facts.sizeBytes;
  const header = readImageHeader(await files.head(path, HEADER_BYTES));
  const isSame = header.format === format || (format === 'iso' && header.format === 'raw');
  return isSame ? diskSize(header, facts) : volume.capacity;
}

/** Size of the disk that the file holds. */
function diskSize({ capacity, payloadOffset = 0n }: ImageHeader, { sizeBytes }: VolumeFacts): bigint {
  return capacity ?? (sizeBytes > payloadOffset ? sizeBytes - payloadOffset : 0n);
}

const stampOf = (facts: VolumeFacts): string =>
  [facts.device, facts.inode, facts.sizeBytes, facts.modifiedNs, facts.changedNs].join(':');

function directoryVolume(name: string, path: string, facts: VolumeFacts): Volume {
  const target = { path, format: 'dir', ...ownership(facts) };
  return { type: 'dir', name, key: path, capacity: 0n, allocation: 0n, target };
}

interface ImageParts {
  readonly name: string;
  readonly path: string;
  readonly facts: VolumeFacts;
  readonly header: ImageHeader;
  readonly backingStore: VolumeImage | undefined;
}

function imageVolume({ name, path, facts, header, backingStore }: ImageParts): Volume {
  const { format, compat, clusterBytes, features, encryption } = header;
  return {
    type: facts.type === 'block' ? 'block' : 'file',
    name,
    key: path,
    capacity: diskSize(header, facts),
    allocation: facts.allocatedBytes,
    ...(facts.sizeBytes === 0n ? {} : { physical: facts.sizeBytes }),
    target: {
      path,
      format,
      ...ownership(facts),
      ...(encryption === undefined ? {} : { encryption: { format: encryption, secrets: [] } }),
      ...(compat === undefined ? {} : { compat }),
      ...(clusterBytes === undefined ? {} : { clusterSize: clusterBytes }),
      ...(features === undefined ? {} : { features }),
    },
    ...(backingStore === undefined ? {} : { backingStore }),
  };
}

/** What an image stands on, as it says itself. That file is not opened: what it is, is its owner's to say. */
async function backingImage(
  files: VolumeFiles,
  directory: string,
  { path: written, format = 'raw' }: BackingName,
): Promise<VolumeImage> {
  // A protocol, or a description in JSON.
  if (/^[a-z][a-z0-9+]*:/.test(written)) return { path: written, format };
  const path = written.startsWith('/') ? written : `${directory}/${written}`;
  const facts = (await files.isLocal(path)) ? await files.facts(path) : undefined;
  return { path, format, ...(facts === undefined ? {} : ownership(facts)) };
}

export function ownership(facts: VolumeFacts): Pick<VolumeImage, 'permissions' | 'timestamps'> {
  return {
    permissions: { mode: facts.mode & 0o777, owner: facts.uid, group: facts.gid },
    timestamps: {
      atime: timeText(facts.accessedNs),
      mtime: timeText(facts.modifiedNs),
      ctime: timeText(facts.changedNs),
      btime: '0',
    },
  };
}

const SECOND = 1_000_000_000n;

/** Seconds since 1970 with their fraction, where there is one. */
function timeText(ns: bigint): string {
  const fraction = ns % SECOND;
  return fraction === 0n ? String(ns / SECOND) : `${ns / SECOND}.${String(fraction).padStart(9, '0')}`;
}

/** @throws nothing: pools of files always have a target */
export function targetOf(pool: Pool): string {
  return pool.target?.path ?? '';
}
