import { VirError } from '@modvirt/core/errors';
import type { NewVolume, Pool, Volume } from '@modvirt/core/schema';
import { guarded } from '../files/guarded.js';
import { runCommand, type Tools } from '../files/tools.js';
import type { VolumeFiles } from '../files/volume-files.js';
import { type HandedSecrets, withSecrets } from '../files/with-secrets.js';
import { type Command, createCommands, imageFormat, resizeCommand } from '../plan/volume-commands.js';
import { invalid, type PoolVolume } from '../pools/storage-pool.js';
import { lookAtVolume, targetOf, UNFINISHED } from './directory-volumes.js';
import type { CreateOptions } from './pool-backend.js';

const CREATE_MS = 600_000;
/** Copying takes as long as the storage needs; a day says that it hangs. */
const COPY_MS = 86_400_000;
const DEFAULT_MODE = 0o600;

interface Ports {
  readonly files: VolumeFiles;
  readonly tools: Tools;
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
  if ((await files.facts(path)) !== undefined) {
    throw invalid(`volume target path '${path}' already exists`);
  }
  await checkBacking(files, target, volume);
  if (volume.target.format === 'ploop') {
    throw VirError.of('INTERNAL_ERROR', 'unable to find ploop, please install ploop tools', {
      domain: 'STORAGE',
    });
  }
  if (volume.target.format === 'dir') {
    const { mode = DEFAULT_MODE } = volume.target.permissions ?? {};
    await guarded(`cannot create path '${path}'`, () => files.makeDirectory(path, mode));
    await own(files, path, volume);
    return made(files, target, volume);
  }
  const workshop = `${target}/${UNFINISHED}${ports.randomName()}`;
  await guarded(`cannot create path '${path}'`, () => files.makeDirectory(workshop, 0o700));
  try {
    const unfinished = `${workshop}/${volume.name}`;
    await fill(ports, create, unfinished);
    if (volume.target.nocow === true && imageFormat(volume) === 'raw')
      await dontCopyOnWrite(ports, create, unfinished);
    await own(files, unfinished, volume);
    await guarded(`cannot create path '${path}'`, () => files.publish(unfinished, path));
  } finally {
    await files.removeTree(workshop);
  }
  return made(files, target, volume);
}

/** As it was asked for: what it looks like from outside is for the next look at the pool to say. */
async function made(files: VolumeFiles, target: string, volume: NewVolume): Promise<PoolVolume> {
  const { name, hasAllocation: _, ...rest } = volume;
  const known = { stamp: '', volume: { ...rest, name } };
  const found = await lookAtVolume(files, target, name, known);
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
  const run: Run = (command, descriptors = {}) =>
    runCommand(ports.tools, command, {
      descriptors,
      timeoutMs: source === undefined ? CREATE_MS : COPY_MS,
      signal,
      shown: (text) => text.replaceAll(path, volume.target.path ?? path),
    });
  if (options.reflink && source !== undefined) {
    const from = source.target.path ?? '';
    await guarded(`failed to clone files from '${from}'`, () => ports.files.clone(from, path));
    return;
  }
  const isPlain = isRaw(volume);
  if (source === undefined && isPlain) {
    await createPlain(ports.files, volume, path, run);
    return;
  }
  if (source !== undefined && isPlain && isRaw(source)) {
    await copyPlain(ports.files, { source, volume, path }, run);
    return;
  }
  await makeImage(ports, { volume, options, path, run });
  // A copy is as large as what it is made from.
  const isEncrypted = options.passphrase !== undefined;
  if (source !== undefined && !isEncrypted && volume.capacity > source.capacity) {
    const size = { bytes: volume.capacity, shrink: false, allocate: false };
    await run(resizeCommand({ path, format: imageFormat(volume), ...size }));
  }
}

async function createPlain(
  files: VolumeFiles,
  { capacity, allocation }: Volume,
  path: string,
  run: Run,
): Promise<void> {
  const file = await files.create(path, DEFAULT_MODE);
  try {
    await guarded(`cannot extend file '${path}'`, () => file.truncate(capacity));
  } finally {
    await file.close();
  }
  if (allocation > 0n) await run(['fallocate', '-l', String(allocation), path]);
}

type Run = (command: Command, descriptors?: HandedSecrets['descriptors']) => Promise<string>;

interface MakeImage {
  readonly volume: NewVolume;
  readonly options: CreateOptions;
  readonly path: string;
  readonly run: Run;
}

async function makeImage({ files }: Ports, { volume, options, path, run }: MakeImage): Promise<void> {
  const { source, passphrase, sourcePassphrase, preallocate } = options;
  await withSecrets(files, [passphrase, sourcePassphrase], async ({ descriptors, paths }) => {
    const [own, other] = paths;
    const from =
      source === undefined
        ? {}
        : { source: { volume: source, path: source.target.path ?? '', ...secretIn(other) } };
    const commands = createCommands({ volume, path, preallocate, ...secretIn(own), ...from });
    for (const command of commands) await withRetry(() => run(command, descriptors));
  });
}

const secretIn = (secretFile: string | undefined) => (secretFile === undefined ? {} : { secretFile });

/** QEMU measures how fast the host is before it encrypts, and on busy or small hosts that measure fails by chance. */
const MEASURE_FAILED = 'Unable to get accurate CPU usage';
const MEASURES = 20;

async function withRetry(run: () => Promise<string>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await run();
      return;
    } catch (error) {
      const isChance = error instanceof VirError && error.message.includes(MEASURE_FAILED);
      if (!isChance || attempt === MEASURES) throw error;
    }
  }
}

const isRaw = (volume: Volume): boolean =>
  (volume.target.format ?? 'raw') === 'raw' && volume.target.encryption === undefined;

/** Byte for byte; with holes where not all of it is to be allocated. */
async function copyPlain(
  files: VolumeFiles,
  { source, volume, path }: { readonly source: Volume; readonly volume: NewVolume; readonly path: string },
  run: Run,
): Promise<void> {
  const { capacity, allocation } = volume;
  const how =
    allocation < capacity ? ['--reflink=auto', '--sparse=auto'] : ['--reflink=never', '--sparse=never'];
  await run(['cp', ...how, '--no-preserve=all', '--', source.target.path ?? '', path]);
  const facts = await files.facts(path);
  if (facts === undefined || facts.sizeBytes >= capacity) return;
  const size = String(capacity);
  await run(allocation < capacity ? ['truncate', '-s', size, path] : ['fallocate', '-l', size, path]);
}

const NO_SUCH_FILE = 2;

async function checkBacking(files: VolumeFiles, target: string, volume: NewVolume): Promise<void> {
  const backing = volume.backingStore?.path;
  if (backing === undefined) return;
  if (isRaw(volume)) {
    throw VirError.of('NO_SUPPORT', 'backing storage not supported for raw volumes', { domain: 'STORAGE' });
  }
  if (/^[a-z][a-z0-9+]*:/.test(backing)) return;
  const path = backing.startsWith('/') ? backing : `${target}/${backing}`;
  if ((await files.facts(path)) !== undefined) return;
  const text = `inaccessible backing store volume ${backing}`;
  throw VirError.system(NO_SUCH_FILE, 'No such file or directory', text, 'STORAGE');
}

const NOT_IMPLEMENTED = 38;

async function dontCopyOnWrite(
  { files, tools }: Ports,
  { volume, signal }: Create,
  path: string,
): Promise<void> {
  if (await files.copiesOnWrite(path)) {
    await runCommand(tools, ['chattr', '+C', path], { timeoutMs: CREATE_MS, signal });
    return;
  }
  const text = `unable to control COW flag on '${volume.target.path ?? path}', not btrfs`;
  throw VirError.system(NOT_IMPLEMENTED, 'Function not implemented', text, 'STORAGE');
}
