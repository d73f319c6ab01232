import { generatedFileHeader } from '@modvirt/core/objects';
import { formatPool, type Pool, parsePool, parsePoolNode } from '@modvirt/core/schema';
import { childOf, expectRoot, readXml } from '@modvirt/core/xml';
import type { StorageDriver } from '../driver.js';
import type { StoragePool } from './storage-pool.js';

const header = ({ name, uuid }: Pool): string => generatedFileHeader('pool-edit', name, uuid);

/** As it is kept: what a look at its storage found is not part of it. */
export function kept(definition: Pool): Pool {
  const { source } = definition;
  const devices = source.devices.map((it) => ({ ...it, freeExtents: [] }));
  return { ...definition, source: { ...source, devices }, capacity: 0n, allocation: 0n, available: 0n };
}

export async function saveDefinition(driver: StorageDriver, definition: Pool): Promise<void> {
  const text = formatPool(kept(definition), { inactive: true });
  await driver.store.save(definition.name, header(definition) + text);
}

/** Keeps that a pool is active, with the definition that is in force. */
export async function saveState(driver: StorageDriver, { definition }: StoragePool): Promise<void> {
  const pool = formatPool(kept(definition)).replace(/^(?=.)/gm, '  ');
  await driver.states.save(definition.name, `${header(definition)}<poolstate>\n${pool}</poolstate>\n`);
}

function parseState(text: string, driver: StorageDriver): Pool | undefined {
  const root = expectRoot(readXml(text, { source: 'poolstate', domain: 'STORAGE' }), 'poolstate');
  const pool = childOf(root, 'pool');
  return pool === undefined ? undefined : parsePoolNode(pool, { newUuid: driver.parts.newUuid });
}

/** Finds the pools that are active or defined. What cannot be read is reported and left as it is. */
export async function loadPools(driver: StorageDriver): Promise<readonly StoragePool[]> {
  const active: StoragePool[] = [];
  await driver.states.load(({ name, text }) => {
    const definition = parseState(text, driver);
    if (definition?.name !== name) {
      driver.log.error('state is not of the pool that its file is named for, and is left as it is', {
        file: name,
      });
      return;
    }
    active.push(driver.pools.claim(definition).pool);
  });
  await driver.store.load(({ name, text, autostart }) => {
    const definition = parsePool(text, { newUuid: driver.parts.newUuid });
    if (definition.name !== name) {
      driver.log.error('definition is not of the pool that its file is named for, and is left as it is', {
        file: name,
      });
      return;
    }
    const { pool, isNew } = driver.pools.claim(definition);
    pool.isPersistent = true;
    pool.autostart = autostart;
    if (!isNew) pool.nextDefinition = definition;
  });
  return active;
}
