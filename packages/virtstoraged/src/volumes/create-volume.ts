import { VirError } from '@modvirt/core/errors';
import type { NewVolume } from '@modvirt/core/schema';
import type { CreateOptions } from '../backends/pool-backend.js';
import { mustSupport, type StorageDriver } from '../driver.js';
import type { FoundVolume } from '../pools/pool-list.js';
import type { StoragePool } from '../pools/storage-pool.js';
import { mustBeFree } from './volume-holds.js';
import { passphraseOf } from './volume-secret.js';

export interface CreateRequest {
  readonly pool: StoragePool;
  readonly volume: NewVolume;
  /** The volume that is copied. */
  readonly source?: FoundVolume;
  readonly options: Omit<CreateOptions, 'source'>;
  readonly signal: AbortSignal;
}

/** Makes a volume; other calls on its pool go on meanwhile. */
export async function createVolume(driver: StorageDriver, request: CreateRequest): Promise<FoundVolume> {
  const { pool, source } = request;
  const backend = driver.backend(pool.definition.type);
  const place = mustSupport(backend.place, 'volume creation');
  const create = mustSupport(backend.create, 'volume creation');
  const { name } = request.volume;
  const { path, key } = place(pool.definition, request.volume);
  if (pool.volumes.has(name) || pool.isHeld(name, 'build')) {
    if (source !== undefined) {
      const detail = `storage volume name '${name}' already in use.`;
      throw VirError.of('INTERNAL_ERROR', detail, { domain: 'STORAGE' });
    }
    throw VirError.of('STORAGE_VOL_EXIST', `'${name}'`, { domain: 'STORAGE' });
  }
  const volume = { ...request.volume, key, target: { ...request.volume.target, path } };
  const known = await pool.holding(name, 'build', async () => {
    const options = await createOptions(driver, request);
    return using(driver, source, () => create(pool.definition, volume, options, request.signal));
  });
  pool.setVolume(name, known);
  await recount(driver, pool);
  return { pool, name, known };
}

async function createOptions(driver: StorageDriver, request: CreateRequest): Promise<CreateOptions> {
  const { source, signal, volume } = request;
  const passphrase = await passphraseOf(driver, volume, signal);
  if (source === undefined)
    return { ...request.options, ...(passphrase === undefined ? {} : { passphrase }) };
  const sourcePassphrase = await passphraseOf(driver, source.known.volume, signal);
  return {
    ...request.options,
    source: source.known.volume,
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(sourcePassphrase === undefined ? {} : { sourcePassphrase }),
  };
}

/** Keeps the volume that is copied as it is. */
async function using<T>(
  driver: StorageDriver,
  source: FoundVolume | undefined,
  body: () => Promise<T>,
): Promise<T> {
  if (source === undefined) return body();
  mustBeFree(source);
  const { pool, known } = source;
  const open = mustSupport(driver.backend(pool.definition.type).open, 'volume cloning');
  // Refuses what must not be read before a tool is handed the path.
  await (await open(pool.definition, known.volume, 'read')).close();
  return source.pool.holding(source.name, 'use', body);
}

/** How much room there is now. */
export async function recount(driver: StorageDriver, pool: StoragePool): Promise<void> {
  const { usage } = driver.backend(pool.definition.type);
  if (usage === undefined) return;
  const sizes = await usage(pool.definition);
  pool.definition = { ...pool.definition, ...sizes };
}
