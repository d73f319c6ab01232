import type { StorageDriver } from '../driver.js';
import { findSecrets } from '../volumes/volume-secret.js';
import { becomeInactive, startPool } from './pool-life.js';
import type { StoragePool } from './storage-pool.js';

const NAME = 'autostart';

/** Takes up the pools that were active when an earlier daemon ended, and are still. */
export async function resumePools(
  driver: StorageDriver,
  active: readonly StoragePool[],
  signal: AbortSignal,
): Promise<void> {
  for (const pool of active) {
    await pool.jobs.run({ kind: 'start', owner: 'reconnect', signal }, () =>
      resumePool(driver, pool, signal),
    );
  }
}

async function resumePool(driver: StorageDriver, pool: StoragePool, signal: AbortSignal): Promise<void> {
  const { definition, name } = pool;
  try {
    const backend = driver.backend(definition.type);
    if (await backend.isActive(definition, signal)) {
      await backend.clear?.(definition);
      pool.setContents(await backend.refresh(definition, new Map(), signal));
      pool.isActive = true;
      // Who owns secrets may be starting too; nothing here waits for it.
      driver.parts.scope.spawn('secrets', (signal) => findSecrets(driver, pool, signal));
      return;
    }
    driver.log.warn('pool is no longer active', { pool: name });
  } catch (error) {
    if (signal.aborted) return;
    driver.log.error('pool that was active cannot be looked at', { pool: name, error });
  }
  await driver.states.remove(name);
  becomeInactive(driver, pool);
}

/** Starts the pools that are marked so, once in the life of the host. One that cannot start holds up no other. */
export async function startMarkedPools(
  driver: StorageDriver,
  marker: string,
  signal: AbortSignal,
): Promise<void> {
  const { files } = driver.parts;
  if ((await files.info(marker)) !== undefined) return;
  await files.replace(marker, '', { mode: 0o600 });
  for (const pool of [...driver.pools].filter((it) => it.autostart && !it.isActive)) {
    if (signal.aborted) return;
    try {
      await pool.jobs.run({ kind: 'start', owner: NAME, signal }, async (job) => {
        if (!pool.isActive) await startPool(driver, job, pool, undefined);
      });
    } catch (error) {
      driver.log.error('pool could not be started by itself', { pool: pool.name, error });
    }
  }
}
