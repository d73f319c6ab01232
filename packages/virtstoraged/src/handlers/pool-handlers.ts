import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import {
  storagePoolBuildFlags as buildFlags,
  storagePoolCreateFlags as createFlags,
  storagePoolDefineFlags,
  storagePoolState,
  storageXMLFlags,
} from '@modvirt/core/protocol/constants';
import type { storagePool } from '@modvirt/core/protocol/rows';
import { formatPool, type Pool, parsePool } from '@modvirt/core/schema';
import type { BuildOptions } from '../backends/pool-backend.js';
import { mustSupport, type StorageDriver } from '../driver.js';
import { definePool, refreshPool, startPool, stopPool, undefinePool } from '../pools/pool-life.js';
import { invalid } from '../pools/storage-pool.js';
import { checkFlags } from './check-flags.js';

type Rows = Handlers<typeof storagePool>;

/** Definitions of pools and their lives. */
export function poolHandlers(driver: StorageDriver): Rows {
  return { ...definitionHandlers(driver), ...lifeHandlers(driver), ...factHandlers(driver) };
}

function definitionHandlers(driver: StorageDriver): Rows {
  const { pools } = driver;
  const parse = (xml: string, flags: number): Pool => {
    const validate = (flags & storagePoolDefineFlags.validate) !== 0;
    const definition = parsePool(xml, { newUuid: driver.parts.newUuid, validate });
    driver.backend(definition.type);
    return definition;
  };
  return {
    async storagePoolDefineXml({ xml, flags }, call) {
      checkFlags('storagePoolDefineXML', flags, storagePoolDefineFlags.validate);
      return { pool: (await definePool(driver, parse(xml, flags), call.signal)).reference };
    },
    async storagePoolCreateXml({ xml, flags }, call) {
      checkFlags('storagePoolCreateXML', flags, CREATE_FLAGS);
      const build = buildWith(flags);
      const definition = parse(xml, 0);
      const { pool, isNew } = pools.claim(definition);
      if (pool.isActive) throw invalid(`pool is already active as '${pool.name}'`);
      try {
        await pool.jobs.run(
          { kind: 'start', owner: 'virStoragePoolCreateXML', signal: call.signal },
          async (job) => {
            if (!isNew) pool.nextDefinition = pool.definition;
            pool.definition = definition;
            await startPool(driver, job, pool, build);
          },
        );
      } catch (error) {
        if (isNew) pools.remove(pool);
        throw error;
      }
      return { pool: pool.reference };
    },
    async storagePoolUndefine({ pool: reference }, call) {
      const pool = pools.byReference(reference);
      await pool.jobs.run({ kind: 'modify', owner: 'virStoragePoolUndefine', signal: call.signal }, () =>
        undefinePool(driver, pool),
      );
    },
    storagePoolGetXmlDesc({ pool: reference, flags }) {
      checkFlags('storagePoolGetXMLDesc', flags, storageXMLFlags.inactive);
      const pool = pools.byReference(reference);
      const inactive = (flags & storageXMLFlags.inactive) !== 0;
      const definition = inactive ? (pool.nextDefinition ?? pool.definition) : pool.definition;
      return { xml: formatPool(definition, { inactive }) };
    },
    storagePoolGetAutostart: ({ pool }) => ({ autostart: pools.byReference(pool).autostart ? 1 : 0 }),
    async storagePoolSetAutostart({ pool: reference, autostart }, call) {
      const pool = pools.byReference(reference);
      const wanted = autostart !== 0;
      await pool.jobs.run(
        { kind: 'modify', owner: 'virStoragePoolSetAutostart', signal: call.signal },
        async () => {
          if (!pool.isPersistent)
            throw VirError.of('INTERNAL_ERROR', 'pool has no config file', { domain: 'STORAGE' });
          if (pool.autostart === wanted) return;
          await driver.store.setAutostart(pool.name, wanted);
          pool.autostart = wanted;
        },
      );
    },
  };
}

const CREATE_FLAGS =
  createFlags.withBuild | createFlags.withBuildOverwrite | createFlags.withBuildNoOverwrite;

function buildWith(flags: number): BuildOptions | undefined {
  const overwrite = (flags & createFlags.withBuildOverwrite) !== 0;
  const noOverwrite = (flags & createFlags.withBuildNoOverwrite) !== 0;
  if (overwrite && noOverwrite) throw bothOverwrites('VIR_STORAGE_POOL_CREATE_WITH_BUILD');
  const isBuilt = overwrite || noOverwrite || (flags & createFlags.withBuild) !== 0;
  return isBuilt ? { overwrite, noOverwrite } : undefined;
}

function bothOverwrites(family: string): VirError {
  const text = `Flags '${family}_OVERWRITE' and '${family}_NO_OVERWRITE' are mutually exclusive`;
  return VirError.invalidArgument('storagePoolBuild', 'ctl', text, 'STORAGE');
}

function lifeHandlers(driver: StorageDriver): Rows {
  const { pools } = driver;
  return {
    async storagePoolCreate({ pool: reference, flags }, call) {
      checkFlags('storagePoolCreate', flags, CREATE_FLAGS);
      const pool = pools.byReference(reference);
      const build = buildWith(flags);
      await pool.jobs.run({ kind: 'start', owner: 'virStoragePoolCreate', signal: call.signal }, (job) =>
        startPool(driver, job, pool, build),
      );
    },
    async storagePoolBuild({ pool: reference, flags }, call) {
      const { overwrite, noOverwrite, repair, resize } = buildFlags;
      checkFlags('storagePoolBuild', flags, overwrite | noOverwrite | repair | resize);
      const options = { overwrite: (flags & overwrite) !== 0, noOverwrite: (flags & noOverwrite) !== 0 };
      if (options.overwrite && options.noOverwrite) throw bothOverwrites('VIR_STORAGE_POOL_BUILD');
      const pool = pools.byReference(reference);
      await pool.jobs.run(
        { kind: 'modify', owner: 'virStoragePoolBuild', signal: call.signal },
        async (job) => {
          if (pool.isActive) throw invalid(`storage pool '${pool.name}' is already active`);
          const { build } = driver.backend(pool.definition.type);
          await mustSupport(build, 'pool building')(pool.definition, options, job.signal);
          driver.notifier.lifecycle(pool, 'created');
        },
      );
    },
    async storagePoolDestroy({ pool: reference }, call) {
      const pool = pools.byReference(reference);
      await pool.jobs.run({ kind: 'modify', owner: 'virStoragePoolDestroy', signal: call.signal }, (job) =>
        stopPool(driver, job, pool),
      );
    },
    async storagePoolDelete({ pool: reference, flags }, call) {
      checkFlags('storagePoolDelete', flags, 1);
      const pool = pools.byReference(reference);
      await pool.jobs.run(
        { kind: 'modify', owner: 'virStoragePoolDelete', signal: call.signal },
        async (job) => {
          if (pool.isActive) throw invalid(`storage pool '${pool.name}' is still active`);
          pool.mustBeIdle();
          const { remove } = driver.backend(pool.definition.type);
          await mustSupport(remove, 'pool deletion')(pool.definition, job.signal);
          driver.notifier.lifecycle(pool, 'deleted');
        },
      );
    },
    storagePoolRefresh({ pool: reference, flags }) {
      checkFlags('storagePoolRefresh', flags, 0);
      const pool = pools.byReference(reference);
      pool.mustBeActive();
      return refreshPool(driver, pool);
    },
  };
}

function factHandlers({ pools }: StorageDriver): Rows {
  return {
    storagePoolGetInfo({ pool: reference }) {
      const pool = pools.byReference(reference);
      const { capacity, allocation, available } = pool.definition;
      const state = pool.isActive ? storagePoolState.running : storagePoolState.inactive;
      return { state, capacity, allocation, available };
    },
    storagePoolIsActive: ({ pool }) => ({ active: pools.byReference(pool).isActive ? 1 : 0 }),
    storagePoolIsPersistent: ({ pool }) => ({ persistent: pools.byReference(pool).isPersistent ? 1 : 0 }),
  };
}
