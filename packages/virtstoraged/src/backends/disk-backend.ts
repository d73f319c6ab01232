import { VirError } from '@modvirt/core/errors';
import type { Pool } from '@modvirt/core/schema';
import { runCommand } from '../files/tools.js';
import {
  createPartCommand,
  type DiskLayout,
  type DiskPart,
  diskOf,
  labelCommand,
  labelOf,
  layoutCommand,
  parseLayout,
  partNode,
  removePartCommand,
} from '../plan/disk-commands.js';
import type { Command } from '../plan/volume-commands.js';
import { invalid, type PoolContents, type PoolVolume } from '../pools/storage-pool.js';
import {
  type BlockPorts,
  blockVolume,
  checkDeviceName,
  copyToDevice,
  deviceMethods,
} from './block-volumes.js';
import { mustBeEmpty } from './device-contents.js';
import type { PoolBackend } from './pool-backend.js';

const PARTED_MS = 60_000;

/** Pools of type `disk`: a disk, and its partitions. */
export function diskBackend(ports: BlockPorts): PoolBackend {
  const { files, tools } = ports;
  const run = (command: Command, signal: AbortSignal) =>
    runCommand(tools, command, { timeoutMs: PARTED_MS, signal });
  const layout = async (pool: Pool, signal: AbortSignal): Promise<DiskLayout> => {
    const device = diskOf(pool);
    if ((await files.facts(device)) === undefined) throw noDevice(device);
    return parseLayout(await run(layoutCommand(device), signal));
  };
  const settle = async (signal: AbortSignal): Promise<void> => {
    if ((await tools.locate('udevadm')) !== undefined) await run(['udevadm', 'settle'], signal);
  };
  return {
    ...deviceMethods(ports),
    isActive: async (pool) => (await files.facts(diskOf(pool))) !== undefined,
    async start(pool, signal) {
      await settle(signal);
      const device = diskOf(pool);
      if ((await files.facts(device)) === undefined) throw noDevice(device);
      await mustBeEmpty(tools, { device, format: tableOf(pool), use: 'start' }, signal);
    },
    async build(pool, { overwrite, noOverwrite }, signal) {
      const device = diskOf(pool);
      if ((await files.facts(device)) === undefined) {
        const detail = `Failed to create filesystem probe for device ${device}`;
        throw VirError.of('STORAGE_PROBE_FAILED', detail, { domain: 'STORAGE' });
      }
      if (noOverwrite || !overwrite)
        await mustBeEmpty(tools, { device, format: tableOf(pool), use: 'build' }, signal);
      await run(labelCommand(device, labelOf(pool)), signal);
    },
    async refresh(pool, _known, signal) {
      await settle(signal);
      return contentsOf(ports, pool, await layout(pool, signal));
    },
    place: (pool, { name }) => placeOf(pool, name),
    create: (pool, volume, options, signal) => createPart({ ports, pool, layout }, volume, options, signal),
    async removeVolume(pool, { name }, { flags, signal }) {
      if (flags !== 0) throw VirError.unsupportedFlags('virStorageBackendDiskDeleteVol', flags, 'STORAGE');
      await settle(signal);
      const number = /\d+$/.exec(name)?.[0];
      if (number === undefined) {
        const detail = `cannot parse partition number from target '${name}'`;
        throw VirError.of('INTERNAL_ERROR', detail, { domain: 'STORAGE' });
      }
      await run(removePartCommand(diskOf(pool), Number(number)), signal);
    },
  };
}

async function contentsOf(ports: BlockPorts, pool: Pool, { parts }: DiskLayout): Promise<PoolContents> {
  const volumes = new Map<string, PoolVolume>();
  for (const part of parts) {
    const volume = part.isFree ? undefined : await partVolume(ports, pool, part);
    if (volume !== undefined) volumes.set(volume.volume.name, volume);
  }
  const free = parts.filter((it) => it.isFree);
  const freeExtents = free.map(({ start, end }) => ({ start, end: end + 1n }));
  return {
    capacity: parts.reduce((size, it) => (it.end + 1n > size ? it.end + 1n : size), 0n),
    allocation: sum(parts.filter((it) => !it.isFree)),
    available: sum(free),
    volumes,
    devices: pool.source.devices.map((it) => ({ ...it, freeExtents })),
  };
}

/** A name that the next partition can have. */
function placeOf(pool: Pool, name: string): { readonly path: string; readonly key: string } {
  checkDeviceName(name);
  const path = `/dev/${name}`;
  const disk = diskOf(pool);
  if (path.startsWith(disk)) return { path, key: path };
  const expected = disk.split('/').at(-1) ?? '';
  const detail = `invalid partition name '${name}', expected '${expected}1'`;
  throw VirError.of('INVALID_ARG', detail, { domain: 'STORAGE' });
}

const noDevice = (device: string): VirError =>
  VirError.of('INVALID_ARG', `device path '${device}' doesn't exist`, { domain: 'STORAGE' });

interface DiskContext {
  readonly ports: BlockPorts;
  readonly pool: Pool;
  layout(pool: Pool, signal: AbortSignal): Promise<DiskLayout>;
}

async function createPart(
  { ports, pool, layout }: DiskContext,
  ...[volume, { source }, signal]: CreateArguments
): Promise<PoolVolume> {
  const run = (command: Command, until: AbortSignal) =>
    runCommand(ports.tools, command, { timeoutMs: PARTED_MS, signal: until });
  const before = await layout(pool, signal);
  await run(createPartCommand(pool, before, volume), signal);
  const made = (await layout(pool, signal)).parts.find(
    (it) => !it.isFree && !before.parts.some((old) => !old.isFree && old.number === it.number),
  );
  if (made === undefined)
    throw VirError.of('INTERNAL_ERROR', 'cannot find the new partition', { domain: 'STORAGE' });
  try {
    const known = await partVolume(ports, pool, made);
    const expected = partNode(pool, diskOf(pool), made.number).split('/').at(-1) ?? '';
    if (expected !== volume.name) {
      throw VirError.of('INVALID_ARG', `invalid partition name '${volume.name}', expected '${expected}'`, {
        domain: 'STORAGE',
      });
    }
    if (known === undefined) throw invalid(`the kernel has no node for partition '${volume.name}'`);
    if (source !== undefined) await copyToDevice(ports.tools, source, known.volume.target.path ?? '', signal);
    return known;
  } catch (error) {
    await run(removePartCommand(diskOf(pool), made.number), new AbortController().signal);
    throw error;
  }
}

type CreateArguments =
  Parameters<NonNullable<PoolBackend['create']>> extends [unknown, ...infer Rest] ? Rest : never;

const sum = (parts: readonly DiskPart[]): bigint =>
  parts.reduce((all, it) => all + it.end - it.start + 1n, 0n);

/** As blkid calls the table. */
const tableOf = (pool: Pool): string => (labelOf(pool) === 'msdos' ? 'dos' : labelOf(pool));

/** Undefined when the kernel has no node for it. */
async function partVolume(
  { files }: BlockPorts,
  pool: Pool,
  { number, start, end, fileSystem }: DiskPart,
): Promise<PoolVolume | undefined> {
  const device = diskOf(pool);
  const path = partNode(pool, device, number);
  if ((await files.facts(path)) === undefined) return undefined;
  const source = { devices: [{ path: device, extents: [{ start, end: end + 1n }] }] };
  const format = FORMATS.has(fileSystem) ? fileSystem : 'none';
  const name = path.split('/').at(-1) ?? '';
  return blockVolume(files, { name, path, key: path, capacity: end - start + 1n, format, source });
}

const FORMATS = new Set(['fat16', 'fat32', 'linux-swap']);
