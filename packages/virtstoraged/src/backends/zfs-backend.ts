import { VirError } from '@modvirt/core/errors';
import { runCommand } from '../files/tools.js';
import type { Command } from '../plan/volume-commands.js';
import {
  createZvolCommand,
  listZvolsCommand,
  parseZpoolSize,
  parseZvols,
  type Zvol,
  zpoolOf,
  zpoolSizeCommand,
} from '../plan/zfs-commands.js';
import type { PoolVolume } from '../pools/storage-pool.js';
import {
  type BlockPorts,
  blockVolume,
  checkDeviceName,
  copyToDevice,
  deviceMethods,
} from './block-volumes.js';
import { targetOf } from './directory-volumes.js';
import type { PoolBackend } from './pool-backend.js';

const ZFS_MS = 120_000;

/** Pools of type `zfs`: a pool of ZFS, and its volumes. */
export function zfsBackend(ports: BlockPorts): PoolBackend {
  const { files, tools } = ports;
  const run = (command: Command, signal: AbortSignal) =>
    runCommand(tools, command, { timeoutMs: ZFS_MS, signal });
  const place = (target: string, name: string) => ({ path: `${target}/${name}`, key: `${target}/${name}` });
  const volumeOf = (target: string, { name, size, reserved }: Zvol): Promise<PoolVolume> =>
    blockVolume(files, { name, ...place(target, name), capacity: size, allocation: reserved });
  const zvols = async (pool: Parameters<typeof listZvolsCommand>[0], signal: AbortSignal) =>
    parseZvols(await run(listZvolsCommand(pool), signal), pool);
  return {
    ...deviceMethods(ports),
    isActive: async (pool) => (await files.facts(targetOf(pool))) !== undefined,
    async build(pool, { overwrite, noOverwrite }, signal) {
      const paths = pool.source.devices.map((it) => it.path);
      if (overwrite || noOverwrite)
        throw VirError.unsupportedFlags('virStorageBackendZFSBuildPool', overwrite ? 1 : 2, 'STORAGE');
      if (paths.length === 0)
        throw VirError.of('INTERNAL_ERROR', 'missing source devices', { domain: 'STORAGE' });
      await run(['zpool', 'create', zpoolOf(pool), ...paths], signal);
    },
    async remove(pool, signal) {
      await run(['zpool', 'destroy', zpoolOf(pool)], signal);
    },
    async refresh(pool, _known, signal) {
      const sizes = parseZpoolSize(await run(zpoolSizeCommand(pool), signal));
      const volumes = new Map<string, PoolVolume>();
      for (const it of await zvols(pool, signal)) volumes.set(it.name, await volumeOf(targetOf(pool), it));
      return { ...sizes, volumes };
    },
    place(pool, { name }) {
      checkDeviceName(name);
      return place(targetOf(pool), name);
    },
    async create(pool, volume, { source }, signal) {
      await run(createZvolCommand(pool, volume), signal);
      try {
        const made = (await zvols(pool, signal)).find((it) => it.name === volume.name);
        if (made === undefined)
          throw VirError.of('INTERNAL_ERROR', `cannot find volume '${volume.name}'`, { domain: 'STORAGE' });
        if (source !== undefined)
          await copyToDevice(tools, source, place(targetOf(pool), volume.name).path, signal);
        return await volumeOf(targetOf(pool), made);
      } catch (error) {
        await run(['zfs', 'destroy', `${zpoolOf(pool)}/${volume.name}`], new AbortController().signal);
        throw error;
      }
    },
    async removeVolume(pool, { name }, { flags, signal }) {
      if (flags !== 0) throw VirError.unsupportedFlags('virStorageBackendZFSDeleteVol', flags, 'STORAGE');
      await run(['zfs', 'destroy', `${zpoolOf(pool)}/${name}`], signal);
    },
  };
}
