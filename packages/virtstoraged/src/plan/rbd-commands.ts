import { VirError } from '@modvirt/core/errors';
import type { Pool } from '@modvirt/core/schema';
import type { Command } from './volume-commands.js';

export const poolNameOf = ({ source, name }: Pool): string => source.name ?? name;

/** Where the cluster is, and who asks; the key is in the file `keyFile`. */
export function clusterWords(
  { source, configOptions }: Pool,
  keyFile: string | undefined,
): readonly string[] {
  const monitors = source.hosts.map(({ name, port }) => {
    const host = name.includes(':') ? `[${name}]` : name;
    return port === undefined ? host : `${host}:${port}`;
  });
  const options = configOptions?.options.flatMap((it) => [`--${it.name}`, it.value]) ?? [];
  const login =
    source.auth === undefined || keyFile === undefined
      ? ['--auth_supported', 'none']
      : ['--id', source.auth.username, '--keyfile', keyFile];
  return ['-m', monitors.join(','), ...login, ...options];
}

export type Rbd = (words: readonly string[], program?: 'rbd' | 'ceph') => Command;

export function rbdFor(pool: Pool, keyFile: string | undefined): Rbd {
  const cluster = clusterWords(pool, keyFile);
  return (words, program = 'rbd') => [program, ...cluster, ...words];
}

export interface RbdImage {
  readonly size: bigint;
  /** What is written of it, as far as it is known. */
  readonly used?: bigint;
}

export function parseInfo(text: string): RbdImage {
  const { size } = JSON.parse(text) as { readonly size?: number };
  if (typeof size === 'number') return { size: BigInt(size) };
  throw VirError.of('INTERNAL_ERROR', 'the cluster did not say how large an image is', { domain: 'STORAGE' });
}

export function parseNames(text: string): readonly string[] {
  const names: unknown = JSON.parse(text);
  return Array.isArray(names) ? names.filter((it) => typeof it === 'string') : [];
}

interface ClusterUse {
  readonly stats?: { readonly total_bytes?: number; readonly total_avail_bytes?: number };
  readonly pools?: readonly {
    readonly name: string;
    readonly stats: { readonly bytes_used?: number; readonly max_avail?: number };
  }[];
}

/** Size of the cluster, and what the pool takes of it. */
export function parseUse(text: string, pool: string) {
  const { stats = {}, pools = [] } = JSON.parse(text) as ClusterUse;
  const own = pools.find((it) => it.name === pool);
  return {
    capacity: BigInt(stats.total_bytes ?? 0),
    available: BigInt(stats.total_avail_bytes ?? 0),
    allocation: BigInt(own?.stats.bytes_used ?? 0),
  };
}
