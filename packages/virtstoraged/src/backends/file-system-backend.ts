import type { Pool } from '@modvirt/core/schema';
import { runCommand, type Tools } from '../files/tools.js';
import type { VolumeFiles } from '../files/volume-files.js';
import { makeFileSystemCommand, mountSource, startCommand } from '../plan/pool-commands.js';
import type { Command } from '../plan/volume-commands.js';
import { invalid } from '../pools/storage-pool.js';
import { mustBeEmpty } from './device-contents.js';
import { buildDirectory } from './directory-backend.js';
import { targetOf } from './directory-volumes.js';
import type { BuildOptions, PoolBackend } from './pool-backend.js';

const MOUNT_MS = 60_000;
const FORMAT_MS = 600_000;

interface Ports {
  readonly files: VolumeFiles;
  readonly tools: Tools;
}

/** Pools of type `fs`: a device with a file system that is mounted at the target; the rest is a directory's. */
export function fileSystemBackend({ files, tools }: Ports, directory: PoolBackend): PoolBackend {
  const run = (command: Command, timeoutMs: number, signal: AbortSignal) =>
    runCommand(tools, command, { timeoutMs, signal });
  return {
    ...directory,
    isActive: (pool) => files.isMounted(targetOf(pool)),
    async start(pool, signal) {
      const command = startCommand(pool);
      if (command !== undefined && !(await files.isMounted(targetOf(pool))))
        await run(command, MOUNT_MS, signal);
    },
    async build(pool, options, signal) {
      await buildDirectory(files, pool);
      await makeFileSystem({ files, tools }, pool, options, signal);
    },
    async stop(pool, signal) {
      if (await files.isMounted(targetOf(pool))) await run(['umount', targetOf(pool)], MOUNT_MS, signal);
    },
  };
}

/** Only when asked to: what is on the device is lost. */
async function makeFileSystem(
  { files, tools }: Ports,
  pool: Pool,
  { overwrite, noOverwrite }: BuildOptions,
  signal: AbortSignal,
): Promise<void> {
  if (!overwrite && !noOverwrite) return;
  const device = mountSource(pool);
  if ((await files.facts(device)) === undefined) {
    throw invalid(`Source device does not exist when formatting pool '${pool.name}'`);
  }
  if (noOverwrite) {
    const { format = 'auto' } = pool.source;
    await mustBeEmpty(tools, { device, format, use: 'build' }, signal);
  }
  await runCommand(tools, makeFileSystemCommand(pool), { timeoutMs: FORMAT_MS, signal });
}
