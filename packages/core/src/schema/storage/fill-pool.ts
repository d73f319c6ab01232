import { VirError } from '../../errors/vir-error.js';
import type { Uuid } from '../../wire/uuid.js';
import type { WrittenPool } from './pool.js';
import type { PoolSource } from './pool-source.js';
import { type PoolType, type PoolTypeRow, poolType } from './pool-types.js';

/** A pool's definition: what must be there is there, and what its type does not know is not. */
export interface Pool extends WrittenPool {
  readonly name: string;
  readonly uuid: Uuid;
  readonly capacity: bigint;
  readonly allocation: bigint;
  readonly available: bigint;
  readonly source: PoolSource;
}

const unsupported = (detail: string): VirError =>
  VirError.of('CONFIG_UNSUPPORTED', detail, { domain: 'STORAGE' });
const xmlError = (detail: string): VirError => VirError.of('XML_ERROR', detail, { domain: 'STORAGE' });

/** @throws VirError for what a pool of its type lacks */
export function fillPool(written: WrittenPool, newUuid: () => Uuid): Pool {
  const row = poolType(written.type);
  const source = sourceFor(written.type, row, written.source ?? { hosts: [], devices: [] });
  const { features, refresh, mountOptions, configOptions } = written;
  const name = written.name ?? source.name;
  if (name === undefined) throw xmlError('missing pool source name element');
  if (name.includes('/')) throw xmlError(`name ${name} cannot contain '/'`);
  if (name.includes('\n')) throw VirError.of('XML_DETAIL', 'invalid char in name: \n', { domain: 'STORAGE' });
  const target = targetFor(written, row, name);
  return {
    type: written.type,
    name,
    uuid: written.uuid ?? newUuid(),
    capacity: 0n,
    allocation: 0n,
    available: 0n,
    ...(features?.cow === undefined ? {} : { features }),
    source: row.source.includes('name') ? { ...source, name: source.name ?? name } : source,
    ...(target === undefined ? {} : { target }),
    ...(refresh?.volume?.allocation === 'capacity' ? { refresh } : {}),
    ...(mountOptions !== undefined && takesMountOptions(written.type) ? { mountOptions } : {}),
    ...(configOptions !== undefined && written.type === 'rbd' ? { configOptions } : {}),
  };
}

const takesMountOptions = (type: PoolType): boolean => type === 'fs' || type === 'netfs';

function sourceFor(type: PoolType, row: PoolTypeRow, written: PoolSource): PoolSource {
  const has = (part: PoolTypeRow['source'][number]): boolean => row.source.includes(part);
  const { hosts, devices, dir, adapter, name, initiator, format, ...rest } = written;
  const sourceFormat = formatFor(row, format);
  if (has('host') && hosts.length === 0) throw xmlError('missing storage pool source host name');
  if (has('adapter') && adapter === undefined) throw xmlError('missing storage pool source adapter');
  const onlyDevice = row.source.length === 1 && has('device');
  if (onlyDevice && devices.length === 0) throw xmlError('missing storage pool source device name');
  const directory = dir ?? (type === 'gluster' ? '/' : undefined);
  if (has('dir') && directory === undefined) throw xmlError('missing storage pool source path');
  checkProtocol(type, written, sourceFormat);
  return {
    hosts: has('host') ? hosts : [],
    devices: has('device') ? devices.map((it) => ({ ...it, freeExtents: [] })) : [],
    ...(has('dir') && directory !== undefined ? { dir: directory } : {}),
    ...(has('adapter') && adapter !== undefined ? { adapter } : {}),
    ...(has('name') && name !== undefined ? { name } : {}),
    ...(has('initiator') && initiator !== undefined ? { initiator } : {}),
    ...(sourceFormat === undefined ? {} : { format: sourceFormat }),
    ...rest,
  };
}

function checkProtocol(
  type: PoolType,
  { protocol, initiator }: PoolSource,
  format: string | undefined,
): void {
  if (type === 'iscsi-direct' && initiator === undefined) throw unsupported('missing initiator IQN');
  if (type !== 'netfs' || protocol === undefined || format === 'auto' || format === 'nfs') return;
  throw unsupported(`storage pool protocol ver unsupported for pool type '${format}'`);
}

function formatFor(row: PoolTypeRow, written: string | undefined): string | undefined {
  if (row.sourceFormats === undefined) return undefined;
  const format = written ?? row.sourceFormats.preset;
  if (row.sourceFormats.values.includes(format)) return format;
  throw unsupported(`unknown pool format type ${format}`);
}

function targetFor(written: WrittenPool, row: PoolTypeRow, name: string): WrittenPool['target'] {
  if (row.isNetworked === true) return undefined;
  const path = targetPath(written, written.source?.name ?? name);
  const given = written.target?.permissions;
  return { path: sanitizePath(path), ...(given === undefined ? {} : { permissions: given }) };
}

function targetPath({ type, target }: WrittenPool, sourceName: string): string {
  if (type === 'logical') return `/dev/${sourceName}`;
  if (type === 'zfs') return `/dev/zvol/${sourceName}`;
  if (target?.path === undefined) throw xmlError('missing storage pool target path');
  return target.path;
}

/** The same path without doubled and trailing slashes; two at its start stay, as POSIX gives them a meaning. */
export function sanitizePath(path: string): string {
  const root = /^\/\/(?!\/)/.test(path) ? '//' : path.startsWith('/') ? '/' : '';
  return (
    root +
    path
      .split('/')
      .filter((it) => it !== '')
      .join('/')
  );
}
