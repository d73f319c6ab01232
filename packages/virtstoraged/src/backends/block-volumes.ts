import { VirError } from '@modvirt/core/errors';
import type { Volume } from '@modvirt/core/schema';
import { guarded } from '../files/guarded.js';
import { runCommand, type Tools } from '../files/tools.js';
import type { VolumeFiles } from '../files/volume-files.js';
import { imageFormat } from '../plan/volume-commands.js';
import type { PoolVolume } from '../pools/storage-pool.js';
import { ownership } from './directory-volumes.js';
import type { PoolBackend } from './pool-backend.js';
import { wipeFile } from './wipe-file.js';

export interface BlockPorts {
  readonly files: VolumeFiles;
  readonly tools: Tools;
}

/** Copying takes as long as the storage needs; a day says that it hangs. */
const COPY_MS = 86_400_000;
const DEVICES = '/dev';

export interface BlockFacts {
  readonly name: string;
  readonly path: string;
  readonly key: string;
  readonly capacity: bigint;
  readonly allocation?: bigint;
  readonly format?: string;
  readonly backingPath?: string;
  readonly source?: Volume['source'];
}

/** A device as a volume; what its tool did not say is asked of its node. */
export async function blockVolume(files: VolumeFiles, facts: BlockFacts): Promise<PoolVolume> {
  const { name, path, key, capacity, allocation = capacity, format, backingPath, source } = facts;
  const node = await files.facts(path);
  const target = { path, ...(format === undefined ? {} : { format }) };
  const backing = backingPath === undefined ? undefined : await imageAt(files, backingPath);
  return {
    stamp: '',
    volume: {
      type: 'block',
      name,
      key,
      ...(source === undefined ? {} : { source }),
      capacity,
      allocation,
      physical: capacity,
      target: node === undefined ? target : { ...target, ...ownership(node) },
      ...(backing === undefined ? {} : { backingStore: backing }),
    },
  };
}

async function imageAt(files: VolumeFiles, path: string): Promise<NonNullable<Volume['backingStore']>> {
  const node = await files.facts(path);
  return node === undefined ? { path } : { path, ...ownership(node) };
}

/** What all volumes that are devices can do. */
export function deviceMethods({ files, tools }: BlockPorts): Pick<PoolBackend, 'open' | 'wipe'> {
  const open: NonNullable<PoolBackend['open']> = (_pool, volume, access) => openDevice(files, volume, access);
  return {
    open,
    async wipe(_pool, volume, algorithm, signal) {
      const file = await openDevice(files, volume, 'write');
      await wipeFile({ file, volume, algorithm, tools, signal });
    },
  };
}

function openDevice(files: VolumeFiles, volume: Volume, access: 'read' | 'write') {
  const { path = '' } = volume.target;
  const text = `Failed to open storage volume with path '${path}'`;
  return guarded(text, () => files.open(path, DEVICES, access));
}

/** Copies `source` into a device that is there. */
export async function copyToDevice(
  tools: Tools,
  source: Volume,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const formats = ['-f', imageFormat(source), '-O', 'raw'];
  const command = ['qemu-img', 'convert', '-n', ...formats, source.target.path ?? '', path] as const;
  await runCommand(tools, command, { timeoutMs: COPY_MS, signal });
}

/** Refuses names that a tool would take for an option, or that are a path. */
export function checkDeviceName(name: string): void {
  if (/^[A-Za-z0-9_.][A-Za-z0-9_.:+-]*$/.test(name) && name !== '.' && name !== '..') return;
  throw VirError.of('INVALID_ARG', `volume name '${name}' is not valid`, { domain: 'STORAGE' });
}
