import type { Monitor } from './monitor.js';

/** What QEMU has counted of one layer of a disk. */
export interface BlockCounters {
  readonly readRequests: bigint;
  readonly readBytes: bigint;
  readonly readTimeNs: bigint;
  readonly writeRequests: bigint;
  readonly writeBytes: bigint;
  readonly writeTimeNs: bigint;
  readonly flushRequests: bigint;
  readonly flushTimeNs: bigint;
  /** How far into the image was written. */
  readonly highestOffset: bigint;
}

export interface BlockLayer {
  readonly nodeName: string | undefined;
  readonly counters: BlockCounters;
  readonly backing: BlockLayer | undefined;
}

export interface BlockDeviceStats extends BlockLayer {
  /** Id or path of the guest's device. */
  readonly device: string;
}

/** An image as QEMU has it open. */
export interface BlockNode {
  readonly capacityBytes: bigint;
  /** What it takes of its storage. */
  readonly allocatedBytes: bigint;
  readonly writeThreshold: bigint;
  readonly fileName: string | undefined;
}

interface StatsReply {
  readonly device?: string;
  readonly qdev?: string;
  readonly 'node-name'?: string;
  readonly stats: Readonly<Record<string, number>>;
  readonly parent?: StatsReply;
  readonly backing?: StatsReply;
}

interface NodeReply {
  readonly 'node-name': string;
  readonly write_threshold?: number;
  readonly image?: {
    readonly 'virtual-size'?: number;
    readonly 'actual-size'?: number;
    readonly filename?: string;
  };
}

/** Counters of all disks of the guest. */
export async function queryBlockStats(
  monitor: Monitor,
  signal?: AbortSignal,
): Promise<readonly BlockDeviceStats[]> {
  const reply = (await monitor.execute('query-blockstats', undefined, signal)) as readonly StatsReply[];
  return reply.map((entry) => ({ device: entry.qdev ?? entry.device ?? '', ...layerOf(entry) }));
}

/** All images that QEMU has open, by node name. */
export async function queryBlockNodes(
  monitor: Monitor,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, BlockNode>> {
  const reply = (await monitor.execute(
    'query-named-block-nodes',
    { flat: true },
    signal,
  )) as readonly NodeReply[];
  return new Map(
    reply.map(({ 'node-name': name, image, write_threshold }) => [
      name,
      {
        capacityBytes: whole(image?.['virtual-size']),
        allocatedBytes: whole(image?.['actual-size']),
        writeThreshold: whole(write_threshold),
        fileName: image?.filename,
      },
    ]),
  );
}

function layerOf(entry: StatsReply): BlockLayer {
  const { stats } = entry;
  // The highest offset is known where the bytes are kept: below the format.
  const highest = entry.parent?.stats.wr_highest_offset ?? stats.wr_highest_offset;
  return {
    nodeName: entry['node-name'],
    counters: {
      readRequests: whole(stats.rd_operations),
      readBytes: whole(stats.rd_bytes),
      readTimeNs: whole(stats.rd_total_time_ns),
      writeRequests: whole(stats.wr_operations),
      writeBytes: whole(stats.wr_bytes),
      writeTimeNs: whole(stats.wr_total_time_ns),
      flushRequests: whole(stats.flush_operations),
      flushTimeNs: whole(stats.flush_total_time_ns),
      highestOffset: whole(highest),
    },
    backing: entry.backing && layerOf(entry.backing),
  };
}

function whole(value: number | undefined): bigint {
  return BigInt(Math.trunc(value ?? 0));
}

/** Whether QEMU's name of a device, its id or its path, means the one with this alias. */
export function isDevice(name: string, alias: string): boolean {
  const path = `/machine/peripheral/${alias}`;
  return name === alias || name === path || name.startsWith(`${path}/`);
}
