import { type ErrorName, VirError } from '@modvirt/core/errors';
import { ObjectList } from '@modvirt/core/objects';
import type { Clock } from '@modvirt/core/ports';
import { type Pool, sanitizePath } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { type PoolVolume, StoragePool } from './storage-pool.js';

const missing = (name: ErrorName, detail: string): VirError =>
  VirError.of(name, detail, { domain: 'STORAGE' });

export interface VolumeReference {
  readonly pool: string;
  readonly name: string;
  readonly key: string;
}

export interface FoundVolume {
  readonly pool: StoragePool;
  readonly name: string;
  readonly known: PoolVolume;
}

/** All pools, and the ways to find them and their volumes. */
export class PoolList implements Iterable<StoragePool> {
  readonly #list = new ObjectList<StoragePool>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  [Symbol.iterator](): IterableIterator<StoragePool> {
    return this.#list[Symbol.iterator]();
  }

  byName(name: string): StoragePool {
    const found = this.#list.byName(name);
    if (found !== undefined) return found;
    throw missing('NO_STORAGE_POOL', `no storage pool with matching name '${name}'`);
  }

  byUuid(uuid: Uuid): StoragePool {
    const found = this.#list.byUuid(uuid);
    if (found !== undefined) return found;
    throw missing('NO_STORAGE_POOL', `no storage pool with matching uuid '${uuid}'`);
  }

  byReference({ name, uuid }: { readonly name: string; readonly uuid: Uuid }): StoragePool {
    const found = this.#list.byUuid(uuid);
    if (found !== undefined) return found;
    throw missing('NO_STORAGE_POOL', `no storage pool with matching uuid '${uuid}' (${name})`);
  }

  byTargetPath(path: string): StoragePool {
    const wanted = sanitizePath(path);
    for (const pool of this) {
      if (pool.isActive && pool.definition.target?.path === wanted) return pool;
    }
    throw missing('NO_STORAGE_POOL', `no storage pool with matching target path '${path}'`);
  }

  volume(pool: StoragePool, name: string): FoundVolume {
    pool.mustBeActive();
    const known = pool.volumes.get(name);
    if (known !== undefined) return { pool, name, known };
    throw missing('NO_STORAGE_VOL', `no storage vol with matching name '${name}'`);
  }

  volumeByReference({ pool, name }: VolumeReference): FoundVolume {
    return this.volume(this.byName(pool), name);
  }

  volumeByKey(key: string): FoundVolume {
    const found = this.#volumeWhere((known) => known.volume.key === key);
    if (found !== undefined) return found;
    throw missing('NO_STORAGE_VOL', `no storage vol with matching key ${key}`);
  }

  volumeByPath(path: string): FoundVolume {
    const wanted = sanitizePath(path);
    const found = this.#volumeWhere((known) => known.volume.target.path === wanted);
    if (found !== undefined) return found;
    throw missing('NO_STORAGE_VOL', `no storage vol with matching path '${path}'`);
  }

  /**
   * The pool that a definition is for, a new one where there is none.
   *
   * @throws VirError when name, UUID or storage are another pool's
   */
  claim(definition: Pool): { readonly pool: StoragePool; readonly isNew: boolean } {
    const same = this.#list.byUuid(definition.uuid);
    if (same !== undefined && same.name !== definition.name) {
      throw VirError.of('OPERATION_FAILED', `pool '${same.name}' is already defined with uuid ${same.uuid}`, {
        domain: 'STORAGE',
      });
    }
    const namesake = this.#list.byName(definition.name);
    if (same === undefined && namesake !== undefined) {
      throw VirError.of(
        'OPERATION_FAILED',
        `pool '${namesake.name}' already exists with uuid ${namesake.uuid}`,
        { domain: 'STORAGE' },
      );
    }
    this.#checkSource(definition, same);
    if (same !== undefined) return { pool: same, isNew: false };
    const pool = new StoragePool(definition, this.#clock);
    this.#list.add(pool);
    return { pool, isNew: true };
  }

  remove(pool: StoragePool): void {
    this.#list.remove(pool);
  }

  #checkSource(definition: Pool, same: StoragePool | undefined): void {
    for (const other of this) {
      if (other === same || !isSameStorage(other.definition, definition)) continue;
      throw VirError.of('OPERATION_FAILED', `Storage source conflict with pool: '${other.name}'`, {
        domain: 'STORAGE',
      });
    }
  }

  #volumeWhere(fits: (known: PoolVolume) => boolean): FoundVolume | undefined {
    for (const pool of this) {
      if (!pool.isActive) continue;
      for (const [name, known] of pool.volumes) if (fits(known)) return { pool, name, known };
    }
    return undefined;
  }
}

/** Two pools would serve the same storage. */
function isSameStorage(a: Pool, b: Pool): boolean {
  if (a.type !== b.type) return false;
  switch (a.type) {
    case 'dir':
      return a.target?.path === b.target?.path;
    case 'netfs':
      return a.source.dir === b.source.dir && a.source.hosts[0]?.name === b.source.hosts[0]?.name;
    case 'logical':
    case 'zfs':
    case 'vstorage':
      return a.source.name === b.source.name;
    case 'fs':
    case 'disk':
      return a.source.devices.some((it) => b.source.devices.some((other) => other.path === it.path));
    default:
      return false;
  }
}
