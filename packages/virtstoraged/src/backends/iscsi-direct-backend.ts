import { VirError } from '@modvirt/core/errors';
import type { Pool, PoolSource, Volume } from '@modvirt/core/schema';
import { runCommand } from '../files/tools.js';
import { portalOf, targetNameOf } from '../plan/iscsi-commands.js';
import type { PoolVolume } from '../pools/storage-pool.js';
import type { BlockPorts } from './block-volumes.js';
import type { PoolBackend, PoolPassword } from './pool-backend.js';
import { sizesOf } from './scsi-units.js';

const ISCSI_MS = 60_000;

/** Pools of type `iscsi-direct`: a target that is spoken to without the kernel. */
export function iscsiDirectBackend(
  { tools }: Pick<BlockPorts, 'tools'>,
  password: PoolPassword,
): PoolBackend {
  const run = (command: readonly [string, ...string[]], signal: AbortSignal) =>
    runCommand(tools, command, { timeoutMs: ISCSI_MS, signal });
  const units = async (pool: Pool, signal: AbortSignal): Promise<ReadonlyMap<string, PoolVolume>> => {
    const login = await loginOf(pool, password, signal);
    const initiator = pool.source.initiator === undefined ? [] : ['-i', pool.source.initiator];
    const portal = portalOf(pool.source).replace(/,1$/, '');
    const text = await run(['iscsi-ls', ...initiator, '-s', `iscsi://${login}${portal}`], signal);
    const volumes = new Map<string, PoolVolume>();
    for (const unit of unitsOf(text, targetNameOf(pool))) {
      const url = `iscsi://${login}${portal}/${targetNameOf(pool)}/${unit}`;
      const said = await run(['iscsi-readcapacity16', ...initiator, '-s', url], signal);
      const volume = unitVolume(pool, portal, unit, parseCapacity(said));
      volumes.set(volume.name, { stamp: '', volume });
    }
    return volumes;
  };
  return {
    isActive: async () => true,
    async refresh(pool, _known, signal) {
      const volumes = await units(pool, signal);
      return { ...sizesOf(volumes), volumes };
    },
    async findSources(specification, signal) {
      if (specification === undefined) {
        const detail = 'hostname must be specified for iscsi-direct sources';
        throw VirError.of('INVALID_ARG', detail, { domain: 'STORAGE' });
      }
      const text = await run(['iscsi-ls', `iscsi://${portalOf(specification).replace(/,1$/, '')}`], signal);
      return targetsOf(text, specification);
    },
  };
}

async function loginOf({ source }: Pool, password: PoolPassword, signal: AbortSignal): Promise<string> {
  const { auth } = source;
  if (auth === undefined) return '';
  const value = new TextDecoder().decode(await password(auth.secret, 'iscsi', signal));
  return `${encodeURIComponent(auth.username)}%${encodeURIComponent(value)}@`;
}

/** Lines of `Target:iqn… Portal:…`, each followed by its `Lun:1 Type:DIRECT_ACCESS (…)`. */
export function unitsOf(text: string, target: string): readonly number[] {
  const found: number[] = [];
  let isOurs = false;
  for (const line of text.split('\n')) {
    const name = /^Target:(\S+)/.exec(line)?.[1];
    if (name !== undefined) isOurs = name === target;
    const unit = /^\s*Lun:(\d+)\s+Type:DIRECT_ACCESS/.exec(line)?.[1];
    if (isOurs && unit !== undefined) found.push(Number(unit));
  }
  return found;
}

function targetsOf(text: string, specification: PoolSource): readonly PoolSource[] {
  const names = [...text.matchAll(/^Target:(\S+)/gm)].map((it) => it[1] ?? '');
  return [...new Set(names)].map((path) => ({
    hosts: specification.hosts,
    devices: [{ path, freeExtents: [] }],
    ...(specification.initiator === undefined ? {} : { initiator: specification.initiator }),
  }));
}

export function parseCapacity(text: string): bigint {
  const size = /^Total size:(\d+)/m.exec(text)?.[1];
  if (size !== undefined) return BigInt(size);
  throw VirError.of('INTERNAL_ERROR', 'Failed to get capacity of an iSCSI unit', { domain: 'STORAGE' });
}

function unitVolume(pool: Pool, portal: string, unit: number, capacity: bigint): Volume {
  const name = `unit:0:0:${unit}`;
  const path = `ip-${portal}-iscsi-${targetNameOf(pool)}-lun-${unit}`;
  return { type: 'network', name, key: path, capacity, allocation: capacity, target: { path } };
}
