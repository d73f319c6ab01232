import { VirError } from '@modvirt/core/errors';
import type { Pool, Volume } from '@modvirt/core/schema';
import { guarded } from '../files/guarded.js';
import { runCommand, type Tools } from '../files/tools.js';
import type { VolumeFiles } from '../files/volume-files.js';
import { withSecrets } from '../files/with-secrets.js';
import { imageFormat, resizeCommand } from '../plan/volume-commands.js';
import { invalid, type PoolContents, type PoolVolume } from '../pools/storage-pool.js';
import { createInDirectory } from './directory-create.js';
import { lookAtVolume, ownership, readVolumes, targetOf, UNFINISHED } from './directory-volumes.js';
import type { PoolBackend, ResizeOptions } from './pool-backend.js';
import { wipeFile } from './wipe-file.js';

const RESIZE_MS = 600_000;
const IS_A_DIRECTORY = 21;
const DEFAULT_POOL_MODE = 0o711;

export interface DirectoryPorts {
  readonly files: VolumeFiles;
  readonly tools: Tools;
  randomName(): string;
}

/** Pools of type `dir`: a directory, and its files are the volumes. */
export function directoryBackend(ports: DirectoryPorts): PoolBackend {
  const { files, tools } = ports;
  return {
    isActive: async (pool) => (await files.facts(targetOf(pool)))?.type === 'directory',
    async start(pool) {
      const path = targetOf(pool);
      await mustBeLocal(files, path);
      await guarded(`cannot open directory '${path}'`, () => files.names(path));
    },
    async clear(pool) {
      const path = targetOf(pool);
      const names = await guarded(`cannot open directory '${path}'`, () => files.names(path));
      for (const name of names.filter((it) => it.startsWith(UNFINISHED))) {
        await files.removeTree(`${path}/${name}`);
      }
    },
    async build(pool, { overwrite, noOverwrite }) {
      if (overwrite || noOverwrite)
        throw invalid(`No source device specified when formatting pool '${pool.name}'`);
      await buildDirectory(files, pool);
    },
    async remove(pool) {
      const path = targetOf(pool);
      await guarded(`failed to remove pool '${path}'`, () => files.removeDirectory(path));
    },
    refresh: (pool, known, signal) => refreshDirectory(files, pool, known, signal),
    usage: (pool) => usageOf(files, targetOf(pool)),
    place(pool, { name }) {
      checkName(name);
      const path = `${targetOf(pool)}/${name}`;
      return { path, key: path };
    },
    create: (pool, volume, options, signal) => createInDirectory(ports, { pool, volume, options, signal }),
    look: (pool, name, known) => lookAtVolume(files, targetOf(pool), name, known),
    removeVolume: (_pool, volume, { flags }) => removeVolume(files, volume, flags),
    resize: (pool, volume, options, signal) => resizeVolume(ports, { pool, volume, options, signal }),
    open: (pool, volume, access) => openVolume(files, pool, volume, access),
    async wipe(pool, volume, algorithm, signal) {
      const file = await openVolume(files, pool, volume, 'write');
      await wipeFile({ file, volume, algorithm, tools, signal });
    },
  };
}

/** Refuses what would be a path or could not be shown. */
function checkName(name: string): void {
  if (name.includes('/')) throw invalid(`volume name '${name}' cannot contain '/'`);
  if (name === '' || name.startsWith(UNFINISHED)) {
    throw invalid(`volume name '${name}' is not valid`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x1f\x7f]/.test(name)) throw invalid('volume name cannot contain control characters');
}

async function mustBeLocal(files: VolumeFiles, path: string): Promise<void> {
  if (await files.isLocal(path)) return;
  throw VirError.of('NO_SUPPORT', `directory '${path}' is not on a file system of this host`, {
    domain: 'STORAGE',
  });
}

export async function buildDirectory(files: VolumeFiles, pool: Pool): Promise<void> {
  const path = targetOf(pool);
  const { mode = DEFAULT_POOL_MODE, owner, group } = pool.target?.permissions ?? {};
  await mustBeLocal(files, path);
  await guarded(`cannot create path '${path}'`, () => files.makeTree(path, mode));
  if (pool.target?.permissions?.mode !== undefined) await files.setMode(path, mode);
  if (owner === undefined && group === undefined) return;
  await guarded(`cannot chown '${path}'`, () => files.setOwner(path, owner ?? -1, group ?? -1));
}

async function refreshDirectory(
  files: VolumeFiles,
  pool: Pool,
  known: ReadonlyMap<string, PoolVolume>,
  signal: AbortSignal,
): Promise<PoolContents> {
  const path = targetOf(pool);
  return guarded(`cannot open directory '${path}'`, async () => {
    const volumes = await readVolumes(files, path, known, signal);
    const sizes = await usageOf(files, path);
    const facts = await files.facts(path);
    const { permissions } = facts === undefined ? {} : ownership(facts);
    return { ...sizes, volumes, ...(permissions === undefined ? {} : { permissions }) };
  });
}

async function usageOf(files: VolumeFiles, path: string) {
  const { capacity, available } = await files.usage(path);
  return { capacity, available, allocation: capacity - available };
}

async function removeVolume(files: VolumeFiles, { type, target }: Volume, flags: number): Promise<void> {
  if (flags !== 0) throw VirError.unsupportedFlags('virStorageBackendVolDeleteLocal', flags, 'STORAGE');
  const path = target.path ?? '';
  if (type === 'dir') {
    await guarded(`cannot remove directory '${path}'`, () => files.removeDirectory(path));
    return;
  }
  await guarded(`cannot unlink file '${path}'`, () => files.removeFile(path));
}

interface Resize {
  readonly pool: Pool;
  readonly volume: Volume;
  readonly options: ResizeOptions;
  readonly signal: AbortSignal;
}

async function resizeVolume({ files, tools }: DirectoryPorts, resize: Resize): Promise<void> {
  const { pool, volume, options, signal } = resize;
  const path = volume.target.path ?? '';
  const limits = { timeoutMs: RESIZE_MS, signal };
  const file = await openVolume(files, pool, volume, 'write');
  try {
    const format = imageFormat(volume);
    if (format === 'raw' && volume.target.encryption === undefined) {
      await guarded(`Failed to truncate file '${path}'`, () => file.truncate(options.bytes));
      if (options.allocate) await runCommand(tools, ['fallocate', '-l', String(options.bytes), path], limits);
      return;
    }
    if (options.allocate) {
      const detail = 'preallocate is only supported for raw type volume';
      throw VirError.of('OPERATION_UNSUPPORTED', detail, { domain: 'STORAGE' });
    }
    const { passphrase } = options;
    await withSecrets(files, [passphrase], async ({ descriptors, paths: [secretFile] }) => {
      const encrypted = secretFile === undefined ? {} : { encrypted: { volume, path, secretFile } };
      await runCommand(tools, resizeCommand({ ...options, path, format, ...encrypted }), {
        ...limits,
        descriptors,
      });
    });
  } finally {
    await file.close();
  }
}

async function openVolume(
  files: VolumeFiles,
  pool: Pool,
  { type, target }: Volume,
  access: 'read' | 'write',
) {
  const path = target.path ?? '';
  const text = `Failed to open storage volume with path '${path}'`;
  if (type === 'dir') throw VirError.system(IS_A_DIRECTORY, 'Is a directory', text, 'STORAGE');
  return guarded(text, () => files.open(path, targetOf(pool), access));
}
