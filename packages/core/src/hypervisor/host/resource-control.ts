import type { KernelFiles } from '../../ports/kernel-files.js';
import type { CacheBank } from './caches.js';
import { numberIn } from './host-reader.js';

const DIRECTORY = '/sys/fs/resctrl/info';

/** How a kind of cache can be shared out among guests. */
export interface CacheControl {
  readonly type: CacheBank['type'];
  readonly level: number;
  /** How many parts it has. */
  readonly parts: number;
  readonly leastParts: number;
  readonly maxAllocs: number;
}

export interface BandwidthControl {
  readonly granularity: number;
  readonly min: number;
  readonly maxAllocs: number;
}

export interface ResourceMonitor {
  readonly maxMonitors: number;
  readonly reuseThreshold: number | undefined;
  readonly features: readonly string[];
}

export interface ResourceControl {
  readonly caches: readonly CacheControl[];
  readonly bandwidth: BandwidthControl | undefined;
  readonly monitor: ResourceMonitor | undefined;
}

const CACHES = [
  { name: 'L3', level: 3, type: 'both' },
  { name: 'L3CODE', level: 3, type: 'code' },
  { name: 'L3DATA', level: 3, type: 'data' },
  { name: 'L2', level: 2, type: 'both' },
] as const;

/** What the processor can share out; nothing where the file system is not mounted. */
export async function readResourceControl(kernel: KernelFiles): Promise<ResourceControl> {
  const [bandwidth, monitor, ...caches] = await Promise.all([
    readBandwidth(kernel),
    readMonitor(kernel),
    ...CACHES.map((it) => readCacheControl(kernel, it)),
  ]);
  return { bandwidth, monitor, caches: caches.filter((it) => it !== undefined) };
}

async function readCacheControl(
  kernel: KernelFiles,
  { name, level, type }: (typeof CACHES)[number],
): Promise<CacheControl | undefined> {
  const [mask, least, maxAllocs] = await Promise.all([
    kernel.text(`${DIRECTORY}/${name}/cbm_mask`),
    numberIn(kernel, `${DIRECTORY}/${name}/min_cbm_bits`),
    numberIn(kernel, `${DIRECTORY}/${name}/num_closids`),
  ]);
  if (mask === undefined || maxAllocs === undefined) return undefined;
  const parts = Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;
  return { type, level, parts, leastParts: least ?? 1, maxAllocs };
}

async function readBandwidth(kernel: KernelFiles): Promise<BandwidthControl | undefined> {
  const [granularity, min, maxAllocs] = await Promise.all(
    ['bandwidth_gran', 'min_bandwidth', 'num_closids'].map((it) => numberIn(kernel, `${DIRECTORY}/MB/${it}`)),
  );
  if (granularity === undefined || maxAllocs === undefined) return undefined;
  return { granularity, min: min ?? 0, maxAllocs };
}

async function readMonitor(kernel: KernelFiles): Promise<ResourceMonitor | undefined> {
  const [maxMonitors, reuseThreshold, features] = await Promise.all([
    numberIn(kernel, `${DIRECTORY}/L3_MON/num_rmids`),
    numberIn(kernel, `${DIRECTORY}/L3_MON/max_threshold_occupancy`),
    kernel.text(`${DIRECTORY}/L3_MON/mon_features`),
  ]);
  if (maxMonitors === undefined) return undefined;
  return { maxMonitors, reuseThreshold, features: (features ?? '').split('\n').filter((it) => it !== '') };
}
