import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import {
  storageVolCreateFlags as createFlags,
  storageVolDeleteFlags as deleteFlags,
  storageVolInfoFlags as infoFlags,
  storageVolResizeFlags as resizeFlags,
  storageVolType,
} from '@modvirt/core/protocol/constants';
import type { storageVolume } from '@modvirt/core/protocol/rows';
import { formatVolume, parseVolume } from '@modvirt/core/schema';
import type { StorageDriver } from '../driver.js';
import type { FoundVolume, VolumeReference } from '../pools/pool-list.js';
import { deleteVolume, lookAgain, resizeVolume, wipeVolume } from '../volumes/change-volume.js';
import { createVolume } from '../volumes/create-volume.js';
import { checkFlags } from './check-flags.js';
import { volumeDataHandlers } from './volume-data-handlers.js';

type Rows = Handlers<typeof storageVolume>;
const MAX_ALGORITHM = 9;

/** Volumes: found, made, changed, removed, their bytes sent and received. */
export function volumeHandlers(driver: StorageDriver): Rows {
  return {
    ...lookupHandlers(driver),
    ...factHandlers(driver),
    ...createHandlers(driver),
    ...changeHandlers(driver),
    ...volumeDataHandlers(driver),
  };
}

function referenceOf({ pool, name, known }: FoundVolume): VolumeReference {
  return { pool: pool.name, name, key: known.volume.key ?? '' };
}

function lookupHandlers({ pools }: StorageDriver): Rows {
  return {
    storagePoolLookupByVolume: ({ vol }) => ({ pool: pools.byName(vol.pool).reference }),
    storageVolLookupByName: ({ pool, name }) => ({
      vol: referenceOf(pools.volume(pools.byReference(pool), name)),
    }),
    storageVolLookupByKey: ({ key }) => ({ vol: referenceOf(pools.volumeByKey(key)) }),
    storageVolLookupByPath: ({ path }) => ({ vol: referenceOf(pools.volumeByPath(path)) }),
    storagePoolNumOfVolumes({ pool: reference }) {
      const pool = pools.byReference(reference);
      pool.mustBeActive();
      return { num: pool.volumes.size };
    },
    storagePoolListVolumes({ pool: reference, maxnames }) {
      const pool = pools.byReference(reference);
      pool.mustBeActive();
      return { names: [...pool.volumes.keys()].slice(0, maxnames) };
    },
    storagePoolListAllVolumes({ pool: reference, needResults, flags }) {
      checkFlags('storagePoolListAllVolumes', flags, 0);
      const pool = pools.byReference(reference);
      pool.mustBeActive();
      const vols =
        needResults === 0 ? [] : [...pool.volumes].map(([name, known]) => referenceOf({ pool, name, known }));
      return { vols, ret: pool.volumes.size };
    },
  };
}

function factHandlers(driver: StorageDriver): Rows {
  const { pools } = driver;
  const info = async (reference: VolumeReference, flags: number) => {
    const { volume } = (await lookAgain(driver, pools.volumeByReference(reference))).known;
    const { type, capacity, allocation, physical = 0n } = volume;
    const isPhysical = (flags & infoFlags.getPhysical) !== 0;
    return { type: storageVolType[type], capacity, allocation: isPhysical ? physical : allocation };
  };
  return {
    storageVolGetInfo: ({ vol }) => info(vol, 0),
    storageVolGetInfoFlags({ vol, flags }) {
      checkFlags('storageVolGetInfoFlags', flags, infoFlags.getPhysical);
      return info(vol, flags);
    },
    async storageVolGetXmlDesc({ vol, flags }) {
      checkFlags('storageVolGetXMLDesc', flags, 0);
      const found = await lookAgain(driver, pools.volumeByReference(vol));
      return { xml: formatVolume(found.known.volume) };
    },
    storageVolGetPath: ({ vol }) => ({ name: pools.volumeByReference(vol).known.volume.target.path ?? '' }),
  };
}

function createHandlers(driver: StorageDriver): Rows {
  const { pools } = driver;
  const { preallocMetadata, reflink, validate } = createFlags;
  const optionsOf = (flags: number) => ({
    preallocate: (flags & preallocMetadata) !== 0,
    reflink: (flags & reflink) !== 0,
  });
  return {
    async storageVolCreateXml({ pool: reference, xml, flags }, call) {
      checkFlags('storageVolCreateXML', flags, preallocMetadata | validate);
      const pool = pools.byReference(reference);
      pool.mustBeActive();
      const isValidated = (flags & validate) !== 0;
      const volume = parseVolume(xml, {
        pool: pool.definition.type,
        capacity: 'optional',
        validate: isValidated,
      });
      const request = { pool, volume, options: optionsOf(flags), signal: call.signal };
      return { vol: referenceOf(await createVolume(driver, request)) };
    },
    async storageVolCreateXmlFrom({ pool: reference, xml, clonevol, flags }, call) {
      checkFlags('storageVolCreateXMLFrom', flags, preallocMetadata | reflink | validate);
      const pool = pools.byReference(reference);
      pool.mustBeActive();
      const source = await lookAgain(driver, pools.volumeByReference(clonevol));
      const written = parseVolume(xml, { pool: pool.definition.type, capacity: 'none' });
      const { capacity } = source.known.volume;
      // A copy holds all that its source does.
      const volume = written.capacity < capacity ? { ...written, capacity } : written;
      const request = { pool, volume, source, options: optionsOf(flags), signal: call.signal };
      return { vol: referenceOf(await createVolume(driver, request)) };
    },
  };
}

function changeHandlers(driver: StorageDriver): Rows {
  const { pools } = driver;
  return {
    storageVolDelete({ vol, flags }, call) {
      checkFlags('storageVolDelete', flags, deleteFlags.zeroed | deleteFlags.withSnapshots);
      return deleteVolume(driver, pools.volumeByReference(vol), { flags, signal: call.signal });
    },
    storageVolResize({ vol, capacity, flags }, call) {
      checkFlags('storageVolResize', flags, resizeFlags.allocate | resizeFlags.delta | resizeFlags.shrink);
      return resizeVolume(driver, pools.volumeByReference(vol), { capacity, flags, signal: call.signal });
    },
    storageVolWipe({ vol, flags }, call) {
      checkFlags('storageVolWipePattern', flags, 0);
      return wipeVolume(driver, pools.volumeByReference(vol), 0, call.signal);
    },
    storageVolWipePattern({ vol, algorithm, flags }, call) {
      checkFlags('storageVolWipePattern', flags, 0);
      if (algorithm > MAX_ALGORITHM) {
        throw VirError.of('INVALID_ARG', `wiping algorithm ${algorithm} not supported`, {
          domain: 'STORAGE',
        });
      }
      return wipeVolume(driver, pools.volumeByReference(vol), algorithm, call.signal);
    },
  };
}
