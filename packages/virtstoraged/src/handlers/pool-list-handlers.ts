import type { Handlers } from '@modvirt/core/driver';
import { connectListAllStoragePoolsFlags as filters } from '@modvirt/core/protocol/constants';
import type { storagePool } from '@modvirt/core/protocol/rows';
import { formatPoolCapabilities, type PoolType } from '@modvirt/core/schema';
import type { StorageDriver } from '../driver.js';
import type { StoragePool } from '../pools/storage-pool.js';
import { checkFlags } from './check-flags.js';
import { findSources } from './find-sources.js';

const TYPE_FILTERS: { readonly [T in PoolType]: number } = {
  dir: filters.dir,
  fs: filters.fs,
  netfs: filters.netfs,
  logical: filters.logical,
  disk: filters.disk,
  iscsi: filters.iscsi,
  'iscsi-direct': filters.iscsiDirect,
  scsi: filters.scsi,
  mpath: filters.mpath,
  rbd: filters.rbd,
  sheepdog: filters.sheepdog,
  gluster: filters.gluster,
  zfs: filters.zfs,
  vstorage: filters.vstorage,
};
const ALL_TYPES = Object.values(TYPE_FILTERS).reduce((all, it) => all | it, 0);
const { active, inactive, persistent, transient, autostart, noAutostart } = filters;
const ALL = ALL_TYPES | active | inactive | persistent | transient | autostart | noAutostart;

/** Bits of each group that fit a pool; a group of which no bit is asked for lets every pool pass. */
function groupsOf(pool: StoragePool): readonly (readonly [group: number, fits: number])[] {
  return [
    [active | inactive, pool.isActive ? active : inactive],
    [persistent | transient, pool.isPersistent ? persistent : transient],
    [autostart | noAutostart, pool.autostart ? autostart : noAutostart],
    [ALL_TYPES, TYPE_FILTERS[pool.definition.type]],
  ];
}

const isWanted = (pool: StoragePool, flags: number): boolean =>
  groupsOf(pool).every(([group, fits]) => (flags & group) === 0 || (flags & fits) !== 0);

/** Lists, look-ups, and what can be had. */
export function poolListHandlers(driver: StorageDriver): Handlers<typeof storagePool> {
  const { pools } = driver;
  const names = (isActive: boolean): string[] =>
    [...pools].filter((it) => it.isActive === isActive).map((it) => it.name);
  return {
    connectNumOfStoragePools: () => ({ num: names(true).length }),
    connectListStoragePools: ({ maxnames }) => ({ names: names(true).slice(0, maxnames) }),
    connectNumOfDefinedStoragePools: () => ({ num: names(false).length }),
    connectListDefinedStoragePools: ({ maxnames }) => ({ names: names(false).slice(0, maxnames) }),
    connectListAllStoragePools({ needResults, flags }) {
      checkFlags('storageConnectListAllStoragePools', flags, ALL);
      const found = [...pools].filter((pool) => isWanted(pool, flags)).map((it) => it.reference);
      return { pools: needResults === 0 ? [] : found, ret: found.length };
    },
    storagePoolLookupByName: ({ name }) => ({ pool: pools.byName(name).reference }),
    storagePoolLookupByUuid: ({ uuid }) => ({ pool: pools.byUuid(uuid).reference }),
    storagePoolLookupByTargetPath: ({ path }) => ({ pool: pools.byTargetPath(path).reference }),
    connectGetStoragePoolCapabilities({ flags }) {
      checkFlags('storageConnectGetStoragePoolCapabilities', flags, 0);
      return { capabilities: formatPoolCapabilities((type) => driver.parts.backends.has(type)) };
    },
    async connectFindStoragePoolSources({ type, srcSpec, flags }, call) {
      checkFlags('storageConnectFindStoragePoolSources', flags, 0);
      return { xml: await findSources(driver, { type, specification: srcSpec }, call.signal) };
    },
  };
}
