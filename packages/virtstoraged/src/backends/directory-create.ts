import { VirError } from '@modvirt/core/errors';
import type { Processes } from '@modvirt/core/ports';
import type { NewVolume, Pool, Volume } from '@modvirt/core/schema';
import { guarded } from '../files/guarded.js';
import { runCommand } from '../files/run-command.js';
import type { VolumeFiles } from '../files/volume-files.js';
import { type Command, createCommands, imageFormat, resizeCommand } from '../plan/volume-commands.js';
import type { PoolVolume } from '../pools/storage-pool.js';
import { readVolume, targetOf, UNFINISHED } from './directory-volumes.js';
import type { CreateOptions } from './pool-backend.js';

const CREATE_MS = 600_000;
/** Copying takes as long as the storage needs; a day says that it hangs. */
const COPY_MS = 86_400_000;
const DEFAULT_MODE = 0o600;

interface Ports {
  readonly files: VolumeFiles;
  readonly processes: Processes;
  randomName(): string;
}

interface Create {
  readonly pool: Pool;
  readonly volume: NewVolume;
  readonly options: CreateOptions;
  readonly signal: AbortSignal;
}

/**
 * Makes a volume in a directory of its own and gives it its name when it is whole: whoever looks, or starts again after a crash,
 * finds all of it or nothing.
 */
export async function createInDirectory(ports: Ports, create: Create): Promise<PoolVolume> {
  const { files } = ports;
  const { pool, volume } = create;
  const target = targetOf(pool);
  const path = `${target}/${volume.name}`;
  if (volume.target.format === 'dir') {
    const { mode = DEFAULT_MODE } = volume.target.permissions ?? {};
    await guarded(`cannot create path '${path}'`, () => files.makeDirectory(path, mode));
    await own(files, path, volume);
    return made(files, target, volume.name);
  }
  const workshop = `${target}/${UNFINISHED}${ports.randomName()}`;
  await guarded(`cannot create path '${path}'`, () => files.makeDirectory(workshop, 0o700));
  try {
    const unfinished = `${workshop}/${volume.name}`;
    await fill(ports, create, unfinished);
    await own(files, unfinished, volume);
    await guarded(`cannot create path '${path}'`, () => files.publish(unfinished, path));
  } finally {
    await files.removeTree(workshop);
  }
  return made(files, target, volume.name);
}

async function made(files: VolumeFiles, target: string, name: string): Promise<PoolVolume> {
  const found = await readVolume(files, target, name, undefined);
  if (found !== undefined) return found;
  throw VirError.of('INTERNAL_ERROR', `volume '${name}' went away while it was made`, { domain: 'STORAGE' });
}

async function own(files: VolumeFiles, path: string, { target }: Volume): Promise<void> {
  const { mode = DEFAULT_MODE, owner, group } = target.permissions ?? {};
  await files.setMode(path, mode);
  if (owner === undefined && group === undefined) return;
  await guarded(`cannot chown '${path}'`, () => files.setOwner(path, owner ?? -1, group ?? -1));
}

async function fill(ports: Ports, { volume, options, signal }: Create, path: string): Promise<void> {
  const { source } = options;
  const run = (command: Command) =>
    runCommand(ports.processes, command, { timeoutMs: source === undefined ? CREATE_MS : COPY_MS, signal });
  if (options.reflink && source !== undefined) {
    await run(['cp', '--reflink=always', '--', source.target.path ?? '', path]);
    return;
  }
  const isPlain = imageFormat(volume) === 'raw' && volume.target.encryption === undefined;
  if (source === undefined && isPlain) {
    await createPlain(ports.files, volume, path, run);
    return;
  }
  const from = source === undefined ? {} : { source: { volume: source, path: source.target.path ?? '' } };
  const commands = createCommands({ volume, path, preallocate: options.preallocate, ...from });
  for (const command of commands) await run(command);
  // A copy is as large as what it is made from.
  if (source !== undefined && volume.capacity > source.capacity) {
    const size = { bytes: volume.capacity, shrink: false, allocate: false };
    await run(resizeCommand({ path, format: imageFormat(volume), ...size }));
  }
}

async function createPlain(
  files: VolumeFiles,
  { capacity, allocation }: Volume,
  path: string,
  run: (command: Command) => Promise<void>,
): Promise<void> {
  const file = await files.create(path, DEFAULT_MODE);
  try {
    await guarded(`cannot extend file '${path}'`, () => file.truncate(capacity));
  } finally {
    await file.close();
  }
  const allocated = allocation < capacity ? allocation : capacity;
  if (allocated > 0n) await run(['fallocate', '-l', String(allocated), path]);
}
