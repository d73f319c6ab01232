import type { Pool } from '@modvirt/core/schema';
import { runCommand } from '../files/tools.js';
import type { BlockPorts } from './block-volumes.js';
import { targetOf } from './directory-volumes.js';
import type { PoolBackend } from './pool-backend.js';

const MOUNT_MS = 60_000;

/** Pools of type `vstorage`: a cluster of Virtuozzo that is mounted at the target; the rest is a directory's. */
export function vstorageBackend({ files, tools }: BlockPorts, directory: PoolBackend): PoolBackend {
  return {
    ...directory,
    isActive: (pool) => files.isMounted(targetOf(pool)),
    async start(pool, signal) {
      if (await files.isMounted(targetOf(pool))) return;
      await runCommand(tools, mountCommand(pool), { timeoutMs: MOUNT_MS, signal });
    },
    async stop(pool, signal) {
      if (!(await files.isMounted(targetOf(pool)))) return;
      await runCommand(tools, ['umount', targetOf(pool)], { timeoutMs: MOUNT_MS, signal });
    },
  };
}

const DEFAULT_MODE = 0o700;

export function mountCommand(pool: Pool): readonly [string, ...string[]] {
  const { mode = DEFAULT_MODE, owner = 0, group = 0 } = pool.target?.permissions ?? {};
  const who = ['-m', mode.toString(8).padStart(4, '0'), '-g', String(group), '-u', String(owner)];
  return ['vstorage-mount', '-c', pool.source.name ?? pool.name, targetOf(pool), ...who];
}
