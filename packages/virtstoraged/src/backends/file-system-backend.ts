import { VirError } from '@modvirt/core/errors';
import type { Processes } from '@modvirt/core/ports';
import type { Pool } from '@modvirt/core/schema';
import { guarded } from '../files/guarded.js';
import { runCommand } from '../files/run-command.js';
import type { VolumeFiles } from '../files/volume-files.js';
import { makeFileSystemCommand, mountSource, startCommand } from '../plan/pool-commands.js';
import type { Command } from '../plan/volume-commands.js';
import { targetOf } from './directory-volumes.js';
import type { BuildOptions, PoolBackend } from './pool-backend.js';

const MOUNT_MS = 60_000;
const FORMAT_MS = 600_000;
const PROBE_MS = 10_000;
/** What blkid(8) answers when it finds nothing. */
const NOTHING_FOUND = 2;

interface Ports {
  readonly files: VolumeFiles;
  readonly processes: Processes;
}

/** Pools of type `fs`: a device with a file system that is mounted at the target; the rest is a directory's. */
export function fileSystemBackend({ files, processes }: Ports, directory: PoolBackend): PoolBackend {
  const run = (command: Command, timeoutMs: number, signal: AbortSignal) =>
    runCommand(processes, command, { timeoutMs, signal });
  return {
    ...directory,
    isActive: (pool) => files.isMounted(targetOf(pool)),
    async start(pool, signal) {
      const command = startCommand(pool);
      if (command !== undefined && !(await files.isMounted(targetOf(pool))))
        await run(command, MOUNT_MS, signal);
    },
    async build(pool, options, signal) {
      const path = targetOf(pool);
      const { mode = DEFAULT_MODE } = pool.target?.permissions ?? {};
      await guarded(`cannot create path '${path}'`, () => files.makeTree(path, mode));
      await makeFileSystem({ files, processes }, pool, options, signal);
    },
    async stop(pool, signal) {
      if (await files.isMounted(targetOf(pool))) await run(['umount', targetOf(pool)], MOUNT_MS, signal);
    },
  };
}

const DEFAULT_MODE = 0o711;

/** Only when asked to: what is on the device is lost. */
async function makeFileSystem(
  { processes }: Ports,
  pool: Pool,
  { overwrite, noOverwrite }: BuildOptions,
  signal: AbortSignal,
): Promise<void> {
  if (!overwrite && !noOverwrite) return;
  const device = mountSource(pool);
  if (noOverwrite) {
    const { status } = await processes.runTool(['blkid', '-p', device], { timeoutMs: PROBE_MS, signal });
    if (status.type !== 'exited' || status.code !== NOTHING_FOUND) {
      throw VirError.of('STORAGE_POOL_BUILT', `Device '${device}' is in use or holds something already`, {
        domain: 'STORAGE',
      });
    }
  }
  const command = makeFileSystemCommand(pool);
  await runCommand(processes, command, { timeoutMs: FORMAT_MS, signal });
}
