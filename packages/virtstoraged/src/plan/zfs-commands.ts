import type { NewVolume, Pool } from '@modvirt/core/schema';
import type { Command } from './volume-commands.js';

export const zpoolOf = ({ source, name }: Pool): string => source.name ?? name;

export const listZvolsCommand = (pool: Pool): Command => [
  'zfs',
  'list',
  '-Hp',
  '-t',
  'volume',
  '-r',
  '-o',
  'name,volsize,refreservation',
  zpoolOf(pool),
];

/** The pool itself: a data set may be named in its place. */
export const zpoolSizeCommand = (pool: Pool): Command => [
  'zpool',
  'get',
  '-Hp',
  'health,size,free,allocated',
  zpoolOf(pool).split('/')[0] ?? '',
];

export function createZvolCommand(pool: Pool, { name, capacity, allocation }: NewVolume): Command {
  const kib = `${(capacity + 1023n) / 1024n}K`;
  const sparse = allocation < capacity ? ['-s'] : [];
  return ['zfs', 'create', ...sparse, '-V', kib, `${zpoolOf(pool)}/${name}`];
}

export interface Zvol {
  readonly name: string;
  readonly size: bigint;
  readonly reserved: bigint;
}

/** Lines of `POOL/NAME\tSIZE\tRESERVATION`. */
export function parseZvols(text: string, pool: Pool): readonly Zvol[] {
  const prefix = `${zpoolOf(pool)}/`;
  return text.split('\n').flatMap((line) => {
    const [path = '', size = '', reserved = ''] = line.split('\t');
    if (!path.startsWith(prefix)) return [];
    return [{ name: path.slice(prefix.length), size: number(size), reserved: number(reserved) }];
  });
}

const number = (text: string): bigint => (/^\d+$/.test(text) ? BigInt(text) : 0n);

/** Lines of `POOL\tPROPERTY\tVALUE\tSOURCE`. */
export function parseZpoolSize(text: string): {
  readonly capacity: bigint;
  readonly available: bigint;
  readonly allocation: bigint;
} {
  const properties = new Map(
    text.split('\n').map((line) => [line.split('\t')[1], line.split('\t')[2] ?? '']),
  );
  const value = (name: string): bigint => number(properties.get(name) ?? '');
  return { capacity: value('size'), available: value('free'), allocation: value('allocated') };
}
