import type { KernelFiles } from '../../ports/kernel-files.js';
import type { NumberSet } from '../../schema/bitmap.js';
import { readNumberSet } from './cpu-topology.js';
import { CPU_DIRECTORY, NODE_DIRECTORY, numberIn } from './host-reader.js';

export interface CacheBank {
  readonly id: number;
  readonly level: number;
  readonly type: 'both' | 'code' | 'data';
  readonly sizeBytes: bigint;
  readonly cpus: NumberSet;
}

/** Smaller caches belong to one core and cannot be shared out. */
const LEAST_LEVEL = 3;
const TYPES: Readonly<Record<string, CacheBank['type']>> = {
  Unified: 'both',
  Instruction: 'code',
  Data: 'data',
};

/** Caches that several cores of these processors share, each once. */
export async function readCaches(kernel: KernelFiles, cpus: NumberSet): Promise<readonly CacheBank[]> {
  const each = await Promise.all(cpus.map((cpu) => readCachesOf(kernel, cpu)));
  const banks = new Map<string, CacheBank>();
  for (const bank of each.flat()) {
    const key = `${bank.level} ${bank.type} ${bank.id}`;
    if (!banks.has(key)) banks.set(key, bank);
  }
  const order = { both: 0, code: 1, data: 2 } as const;
  return [...banks.values()].sort(
    (one, other) => one.level - other.level || order[one.type] - order[other.type] || one.id - other.id,
  );
}

async function readCachesOf(kernel: KernelFiles, cpu: number): Promise<readonly CacheBank[]> {
  const directory = `${CPU_DIRECTORY}/cpu${cpu}/cache`;
  const names = (await kernel.names(directory)).filter((name) => /^index\d+$/.test(name));
  const banks = await Promise.all(names.map((name) => readBank(kernel, `${directory}/${name}`)));
  return banks.filter((it) => it !== undefined);
}

async function readBank(kernel: KernelFiles, directory: string): Promise<CacheBank | undefined> {
  const level = (await numberIn(kernel, `${directory}/level`)) ?? 0;
  if (level < LEAST_LEVEL) return undefined;
  const [id, type, size, cpus] = await Promise.all([
    numberIn(kernel, `${directory}/id`),
    kernel.text(`${directory}/type`),
    kernel.text(`${directory}/size`),
    readNumberSet(kernel, `${directory}/shared_cpu_list`),
  ]);
  const known = TYPES[type ?? ''];
  if (id === undefined || known === undefined || cpus === undefined) return undefined;
  return { id, level, type: known, sizeBytes: bytesIn(size ?? '0'), cpus };
}

/** `32768K` */
function bytesIn(text: string): bigint {
  const [, number = '0', unit = ''] = /^(\d+)([KMG]?)/.exec(text) ?? [];
  return BigInt(number) * 1024n ** BigInt(['', 'K', 'M', 'G'].indexOf(unit));
}

/** The largest unit that leaves no fraction. */
export function sizeInUnits(bytes: bigint): { readonly size: bigint; readonly unit: string } {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [size, at] = [bytes, 0];
  while (size !== 0n && size % 1024n === 0n && at < units.length - 1) {
    size /= 1024n;
    at += 1;
  }
  return { size, unit: units[at] ?? 'B' };
}

export interface MemorySideCache {
  readonly level: number;
  readonly sizeBytes: bigint;
  readonly lineBytes: bigint;
  readonly associativity: 'none' | 'direct' | 'full';
  readonly policy: 'none' | 'writeback' | 'writethrough';
}

/** Caches in front of a NUMA node's memory. */
export async function readMemorySideCaches(
  kernel: KernelFiles,
  node: number,
): Promise<readonly MemorySideCache[]> {
  const directory = `${NODE_DIRECTORY}/node${node}/memory_side_cache`;
  const names = (await kernel.names(directory)).filter((name) => /^index\d+$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const [size, line, indexing, policy] = await Promise.all(
        ['size', 'line_size', 'indexing', 'write_policy'].map((it) =>
          numberIn(kernel, `${directory}/${name}/${it}`),
        ),
      );
      return {
        level: Number(name.slice('index'.length)),
        sizeBytes: BigInt(size ?? 0),
        lineBytes: BigInt(line ?? 0),
        associativity: (['direct', 'full'] as const)[indexing ?? -1] ?? 'none',
        policy: (['writeback', 'writethrough'] as const)[policy ?? -1] ?? 'none',
      };
    }),
  );
}
