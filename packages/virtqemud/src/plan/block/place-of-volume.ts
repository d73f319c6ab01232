import { VirError } from '@modvirt/core/errors';
import type { Pool } from '@modvirt/core/schema';
import type { VolumeRef } from '../context.js';
import type { StorageSource } from '../definition/types.js';

/** A volume as its pool knows it. */
export interface FoundVolume {
  readonly pool: Pool;
  readonly type: 'file' | 'block' | 'dir' | 'network' | 'netdir' | 'ploop';
  readonly path: string;
}

const ISCSI_PORT = 3260;

/** What QEMU opens for a disk on a volume. @throws VirError for volumes that no disk can be on */
export function placeOfVolume({ volume, mode }: VolumeRef, found: FoundVolume): StorageSource {
  const { pool } = found;
  switch (pool.type) {
    case 'dir':
    case 'fs':
    case 'netfs':
    case 'logical':
    case 'disk':
    case 'scsi':
    case 'zfs':
    case 'vstorage':
      return localPlace(found);
    case 'iscsi':
      return mode === 'direct' ? unitOf(pool, volume) : blockPlace(found.path);
    case 'iscsi-direct':
      return unitOf(pool, volume);
    case 'mpath':
    case 'rbd':
    case 'sheepdog':
    case 'gluster':
      throw VirError.of(
        'CONFIG_UNSUPPORTED',
        `using '${pool.type}' pools for backing 'volume' disks isn't yet supported`,
      );
  }
}

const blockPlace = (dev: string): StorageSource => ({
  type: 'block',
  source: { dev, seclabels: [], slices: [] },
});

function localPlace({ pool, type, path }: FoundVolume): StorageSource {
  switch (type) {
    case 'file':
    case 'ploop':
      return { type: 'file', source: { file: path, seclabels: [], slices: [] } };
    case 'dir':
      return { type: 'dir', source: { dir: path, seclabels: [], slices: [] } };
    case 'block':
      return blockPlace(path);
    case 'network':
    case 'netdir':
      throw VirError.of(
        'INTERNAL_ERROR',
        `unexpected storage volume type '${type}' for storage pool type '${pool.type}'`,
      );
  }
}

/** The unit of an iSCSI target that the volume `unit:0:0:3` is. */
function unitOf({ source, name }: Pool, volume: string): StorageSource {
  const unit = /^unit:\d+:\d+:(\d+)$/.exec(volume)?.[1];
  const [host, ...others] = source.hosts;
  const [device] = source.devices;
  if (unit === undefined) throw VirError.of('INTERNAL_ERROR', `Invalid iSCSI volume name '${volume}'`);
  if (host === undefined || others.length > 0 || device === undefined) {
    throw VirError.of('XML_ERROR', `Expected exactly 1 host for the storage pool '${name}'`);
  }
  const { auth } = source;
  return {
    type: 'network',
    source: {
      protocol: 'iscsi',
      name: `${device.path}/${unit}`,
      hosts: [{ name: host.name, port: host.port ?? ISCSI_PORT }],
      cookies: [],
      slices: [],
      ...(auth === undefined
        ? {}
        : { auth: { username: auth.username, secret: { ...auth.secret, type: 'iscsi' as const } } }),
    },
  };
}
