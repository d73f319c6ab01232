import { VirError } from '@modvirt/core/errors';
import type { NewVolume, Pool, Volume } from '@modvirt/core/schema';
import { runCommand } from '../files/tools.js';
import {
  createLogicalCommand,
  groupOf,
  groupSizeCommand,
  type LogicalVolume,
  listDevicesCommand,
  listVolumesCommand,
  parseGroupSize,
  parseSources,
  parseVolumes,
} from '../plan/logical-commands.js';
import { startCommand } from '../plan/pool-commands.js';
import type { Command } from '../plan/volume-commands.js';
import type { PoolContents, PoolVolume } from '../pools/storage-pool.js';
import {
  type BlockPorts,
  blockVolume,
  checkDeviceName,
  copyToDevice,
  deviceMethods,
} from './block-volumes.js';
import { mustBeEmpty } from './device-contents.js';
import { targetOf } from './directory-volumes.js';
import type { BuildOptions, PoolBackend } from './pool-backend.js';

const LVM_MS = 120_000;

/** Pools of type `logical`: a group of LVM, and its logical volumes. */
export function logicalBackend(ports: BlockPorts): PoolBackend {
  const { files, tools } = ports;
  const run = (command: Command, signal: AbortSignal) =>
    runCommand(tools, command, { timeoutMs: LVM_MS, signal });
  return {
    ...deviceMethods(ports),
    isActive: async (pool) => (await files.facts(targetOf(pool))) !== undefined,
    async start(pool, signal) {
      const command = startCommand(pool);
      if (command !== undefined) await run(command, signal);
    },
    async stop(pool, signal) {
      await run(['vgchange', '-aln', groupOf(pool)], signal);
    },
    build: (pool, options, signal) => buildGroup(ports, pool, options, signal),
    async remove(pool, signal) {
      await run(['vgremove', '-f', groupOf(pool)], signal);
      for (const { path } of pool.source.devices) await run(['pvremove', path], signal);
    },
    async refresh(pool, _known, signal): Promise<PoolContents> {
      const found = parseVolumes(await run(listVolumesCommand(pool), signal));
      const sizes = parseGroupSize(await run(groupSizeCommand(pool), signal));
      const { size = 0n, free = 0n } = sizes ?? {};
      const volumes = new Map<string, PoolVolume>();
      for (const it of found) volumes.set(it.name, await volumeOf(ports, pool, it));
      return { capacity: size, available: free, allocation: size - free, volumes };
    },
    place(pool, { name }) {
      checkDeviceName(name);
      const path = `${targetOf(pool)}/${name}`;
      return { path, key: path };
    },
    create: (pool, volume, options, signal) => createVolume(ports, { pool, volume, signal }, options.source),
    async removeVolume(_pool, { target: { path = '' } }, { flags, signal }) {
      if (flags !== 0) throw VirError.unsupportedFlags('virStorageBackendLogicalDeleteVol', flags, 'STORAGE');
      await run(['lvchange', '-aln', path], signal);
      await run(['lvremove', '-f', path], signal);
    },
    async findSources(_specification, signal) {
      return parseSources(await run(listDevicesCommand, signal));
    },
  };
}

function volumeOf({ files }: BlockPorts, pool: Pool, { name, uuid, size, origin, source }: LogicalVolume) {
  const path = `${targetOf(pool)}/${name}`;
  const backing = origin === undefined ? {} : { backingPath: `${targetOf(pool)}/${origin}` };
  return blockVolume(files, { name, path, key: uuid, capacity: size, source, ...backing });
}

async function buildGroup(
  { tools }: BlockPorts,
  pool: Pool,
  { overwrite, noOverwrite }: BuildOptions,
  signal: AbortSignal,
): Promise<void> {
  const paths = pool.source.devices.map((it) => it.path);
  const run = (command: Command) => runCommand(tools, command, { timeoutMs: LVM_MS, signal });
  for (const device of paths) {
    if (noOverwrite) await mustBeEmpty(tools, { device, format: 'lvm2', use: 'build' }, signal);
    if (overwrite) await run(['wipefs', '--all', device]);
    await run(['pvcreate', device]);
  }
  await run(['vgcreate', groupOf(pool), ...paths]);
}

interface Creation {
  readonly pool: Pool;
  readonly volume: NewVolume;
  readonly signal: AbortSignal;
}

/** The volume is there when it is whole: what fails half-way is removed. */
async function createVolume(
  ports: BlockPorts,
  creation: Creation,
  source: Volume | undefined,
): Promise<PoolVolume> {
  const { pool, volume, signal } = creation;
  const { tools } = ports;
  const path = `${targetOf(pool)}/${volume.name}`;
  if (volume.target.encryption !== undefined) {
    throw VirError.of('NO_SUPPORT', 'storage pool does not support encrypted volumes', { domain: 'STORAGE' });
  }
  await runCommand(tools, createLogicalCommand(pool, volume), { timeoutMs: LVM_MS, signal });
  try {
    if (source !== undefined) await copyToDevice(tools, source, path, signal);
    const text = await runCommand(tools, listVolumesCommand(pool), { timeoutMs: LVM_MS, signal });
    const made = parseVolumes(text).find((it) => it.name === volume.name);
    if (made !== undefined) return await volumeOf(ports, pool, made);
    throw VirError.of('INTERNAL_ERROR', `cannot find logical volume '${volume.name}'`, { domain: 'STORAGE' });
  } catch (error) {
    const command = ['lvremove', '-f', path] as const;
    // Runs to its end even when the client has gone.
    await runCommand(tools, command, { timeoutMs: LVM_MS, signal: new AbortController().signal });
    throw error;
  }
}
