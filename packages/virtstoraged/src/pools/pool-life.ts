import type { Job } from '@modvirt/core/jobs';
import type { Pool } from '@modvirt/core/schema';
import type { BuildOptions } from '../backends/pool-backend.js';
import { mustSupport, type StorageDriver } from '../driver.js';
import { findSecrets } from '../volumes/volume-secret.js';
import { saveDefinition, saveState } from './pool-files.js';
import { invalid, type StoragePool } from './storage-pool.js';

/** Makes `definition` what the next start of its pool uses; the pool may be new, inactive or active. */
export async function definePool(
  driver: StorageDriver,
  definition: Pool,
  signal: AbortSignal,
): Promise<StoragePool> {
  const { pool, isNew } = driver.pools.claim(definition);
  try {
    await pool.jobs.run({ kind: 'modify', owner: 'virStoragePoolDefineXML', signal }, async () => {
      await saveDefinition(driver, definition);
      if (pool.isActive) pool.nextDefinition = definition;
      else pool.definition = definition;
      pool.isPersistent = true;
      driver.notifier.lifecycle(pool, 'defined');
    });
  } catch (error) {
    if (isNew && !pool.isPersistent && !pool.isActive) driver.pools.remove(pool);
    throw error;
  }
  return pool;
}

/** Starts the pool, builds it first where asked to, and looks at what it has. Takes back what was begun when that fails. */
export async function startPool(
  driver: StorageDriver,
  job: Job,
  pool: StoragePool,
  build: BuildOptions | undefined,
): Promise<void> {
  if (pool.isActive) throw invalid(`storage pool '${pool.name}' is already active`);
  const backend = driver.backend(pool.definition.type);
  if (build !== undefined)
    await mustSupport(backend.build, 'pool building')(pool.definition, build, job.signal);
  await backend.start?.(pool.definition, job.signal);
  try {
    await backend.clear?.(pool.definition);
    pool.setContents(await backend.refresh(pool.definition, new Map(), job.signal));
    await findSecrets(driver, pool, job.signal);
    await saveState(driver, pool);
  } catch (error) {
    // The first error is what the caller must know.
    await backend.stop?.(pool.definition, driver.parts.scope.signal).catch((failure: unknown) => {
      driver.log.error('pool that could not be started cannot be stopped', {
        pool: pool.name,
        error: failure,
      });
    });
    throw error;
  }
  pool.isActive = true;
  driver.notifier.lifecycle(pool, 'started');
}

export async function stopPool(driver: StorageDriver, job: Job, pool: StoragePool): Promise<void> {
  pool.mustBeActive();
  pool.mustBeIdle();
  await driver.backend(pool.definition.type).stop?.(pool.definition, job.signal);
  await driver.states.remove(pool.name);
  becomeInactive(driver, pool);
  driver.notifier.lifecycle(pool, 'stopped');
}

/** The pool's storage is no longer looked at; a pool that is not defined is gone. */
export function becomeInactive(driver: StorageDriver, pool: StoragePool): void {
  pool.isActive = false;
  pool.clearVolumes();
  const { nextDefinition, definition } = pool;
  pool.definition = nextDefinition ?? { ...definition, capacity: 0n, allocation: 0n, available: 0n };
  pool.nextDefinition = undefined;
  if (!pool.isPersistent) driver.pools.remove(pool);
}

/** Looks again which volumes there are. All who ask while a look is under way share it. */
export function refreshPool(driver: StorageDriver, pool: StoragePool): Promise<void> {
  pool.refreshing ??= lookAgain(driver, pool).finally(() => {
    pool.refreshing = undefined;
  });
  return pool.refreshing;
}

async function lookAgain(driver: StorageDriver, pool: StoragePool): Promise<void> {
  const { signal } = driver.parts.scope;
  await pool.jobs.run({ kind: 'modify', owner: 'virStoragePoolRefresh', signal }, async () => {
    pool.mustBeActive();
    pool.mustBeIdle();
    try {
      const backend = driver.backend(pool.definition.type);
      pool.setContents(await backend.refresh(pool.definition, pool.volumes, signal));
      await findSecrets(driver, pool, signal);
    } catch (error) {
      // Storage that cannot be looked at is no longer there.
      if (!signal.aborted) await giveUp(driver, pool);
      throw error;
    }
    driver.notifier.refreshed(pool);
  });
}

async function giveUp(driver: StorageDriver, pool: StoragePool): Promise<void> {
  await driver.states.remove(pool.name);
  becomeInactive(driver, pool);
  driver.notifier.lifecycle(pool, 'stopped');
}

export async function undefinePool(driver: StorageDriver, pool: StoragePool): Promise<void> {
  if (pool.isActive) throw invalid(`storage pool '${pool.name}' is still active`);
  pool.mustBeIdle();
  await driver.store.remove(pool.name);
  pool.isPersistent = false;
  pool.autostart = false;
  driver.notifier.lifecycle(pool, 'undefined');
  driver.pools.remove(pool);
}
