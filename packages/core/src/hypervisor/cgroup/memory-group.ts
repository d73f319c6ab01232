import type { Cgroup, GroupPlace } from './cgroup.js';
import { figure } from './cpu-group.js';

const NOT_MOUNTED = 'cgroup memory controller is not mounted';
/** What stands for no limit: the largest number of KiB that libvirt counts in. */
export const UNLIMITED_KIB = 9_007_199_254_740_991n;

/** In KiB; `UNLIMITED_KIB` without a limit. */
export interface MemoryLimits {
  readonly hard: bigint;
  readonly soft: bigint;
  /** Of memory and swap space together. */
  readonly swapHard: bigint;
}

type Limit = keyof MemoryLimits;

const FILES: Readonly<Record<Limit, readonly [separate: string, unified: string]>> = {
  hard: ['memory.limit_in_bytes', 'memory.max'],
  soft: ['memory.soft_limit_in_bytes', 'memory.high'],
  swapHard: ['memory.memsw.limit_in_bytes', 'memory.swap.max'],
};

export async function readMemoryLimits(group: Cgroup): Promise<MemoryLimits> {
  const place = group.require('memory', NOT_MOUNTED);
  const [hard, soft, swapHard] = await Promise.all(
    (['hard', 'soft', 'swapHard'] as const).map((limit) => readLimit(group, place, limit)),
  );
  return { hard: hard ?? UNLIMITED_KIB, soft: soft ?? UNLIMITED_KIB, swapHard: swapHard ?? UNLIMITED_KIB };
}

async function readLimit(group: Cgroup, place: GroupPlace, limit: Limit): Promise<bigint> {
  const [separate, unified] = FILES[limit];
  const text = await group.kernel.text(`${place.directory}/${place.isUnified ? unified : separate}`);
  if (text === undefined || !/^\d+$/.test(text)) return UNLIMITED_KIB;
  const sizeKiB = BigInt(text) / 1024n;
  return sizeKiB > LARGEST_KIB ? UNLIMITED_KIB : sizeKiB;
}

/** Without a limit the kernel names the largest number of whole pages. */
const LARGEST_KIB = 9_007_199_254_000_000n;

export async function setMemoryLimit(group: Cgroup, limit: Limit, sizeKiB: bigint): Promise<void> {
  const place = group.require('memory', NOT_MOUNTED);
  const [separate, unified] = FILES[limit];
  const isUnlimited = sizeKiB >= UNLIMITED_KIB;
  if (place.isUnified) {
    await group.write(place, unified, isUnlimited ? 'max' : String(sizeKiB * 1024n));
    return;
  }
  await group.write(place, separate, isUnlimited ? '-1' : String(sizeKiB * 1024n));
}

/** In KiB; undefined where nobody counts. */
export async function readMemoryUsage(group: Cgroup): Promise<bigint | undefined> {
  const text = await group.read('memory', 'memory.usage_in_bytes', 'memory.current');
  return text === undefined ? undefined : BigInt(text) / 1024n;
}

export interface MemoryFigures {
  readonly cacheKiB: bigint;
  readonly residentKiB: bigint;
  readonly swapKiB: bigint;
  readonly minorFaults: bigint;
  readonly majorFaults: bigint;
}

export async function readMemoryFigures(group: Cgroup): Promise<MemoryFigures> {
  const place = group.require('memory', NOT_MOUNTED);
  const text = await group.kernel.text(`${place.directory}/memory.stat`);
  const [cache, resident] = place.isUnified ? ['file', 'anon'] : ['total_cache', 'total_rss'];
  const total = (name: string): bigint => figure(text, place.isUnified ? name : `total_${name}`);
  const swap = place.isUnified
    ? BigInt((await group.kernel.text(`${place.directory}/memory.swap.current`)) ?? 0)
    : total('swap');
  return {
    cacheKiB: figure(text, cache ?? '') / 1024n,
    residentKiB: figure(text, resident ?? '') / 1024n,
    swapKiB: swap / 1024n,
    minorFaults: total('pgfault') - total('pgmajfault'),
    majorFaults: total('pgmajfault'),
  };
}
