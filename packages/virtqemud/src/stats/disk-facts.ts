import { VirError } from '@modvirt/core/errors';
import { notRunning } from '@modvirt/core/hypervisor';
import type { ImageSizes } from '@modvirt/core/ports';
import { domainDiskErrorCode } from '@modvirt/core/protocol/constants';
import type { Disk, Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { type BlockCounters, isDevice, queryBlockNodes, queryBlockStats } from '../monitor/block-queries.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { deviceStats } from './block-group.js';
import { findDisk, formatOf, hasSource, localPathOf } from './disk-sources.js';

/** What QEMU counted for one disk; for all of them together where no disk is named. */
export async function countersOf(
  { live, runtime }: QemuDomain,
  name: string,
  signal: AbortSignal,
): Promise<BlockCounters> {
  if (live === undefined || runtime === undefined) throw notRunning();
  const disk = findDisk(live, name);
  if (name !== '' && disk === undefined) throw VirError.of('INVALID_ARG', `invalid path: ${name}`);
  if (disk !== undefined && disk.alias === undefined) {
    throw VirError.of('INTERNAL_ERROR', `missing disk device alias name for ${disk.target.dev}`);
  }
  const devices = await asked(queryBlockStats(runtime.monitor, signal));
  const chosen = disk === undefined ? devices : [deviceStats(disk, devices)];
  return chosen.reduce((sum, it) => (it === undefined ? sum : add(sum, it.counters)), NOTHING);
}

const NOTHING: BlockCounters = {
  readRequests: 0n,
  readBytes: 0n,
  readTimeNs: 0n,
  writeRequests: 0n,
  writeBytes: 0n,
  writeTimeNs: 0n,
  flushRequests: 0n,
  flushTimeNs: 0n,
  highestOffset: 0n,
};

function add(one: BlockCounters, other: BlockCounters): BlockCounters {
  return {
    readRequests: one.readRequests + other.readRequests,
    readBytes: one.readBytes + other.readBytes,
    readTimeNs: one.readTimeNs + other.readTimeNs,
    writeRequests: one.writeRequests + other.writeRequests,
    writeBytes: one.writeBytes + other.writeBytes,
    writeTimeNs: one.writeTimeNs + other.writeTimeNs,
    flushRequests: one.flushRequests + other.flushRequests,
    flushTimeNs: one.flushTimeNs + other.flushTimeNs,
    highestOffset: one.highestOffset + other.highestOffset,
  };
}

/** Sizes of a disk's image. @throws VirError INVALID_ARG when there is no such disk, or nothing in it */
export async function blockSizes(
  driver: QemuDriver,
  domain: QemuDomain,
  name: string,
  signal: AbortSignal,
): Promise<ImageSizes> {
  const disk = findDisk(domain.current, name);
  if (disk === undefined) throw VirError.of('INVALID_ARG', `invalid path ${name} not assigned to domain`);
  if (!hasSource(disk)) {
    throw VirError.of('INVALID_ARG', `disk '${disk.target.dev}' does not currently have a source assigned`);
  }
  const { runtime } = domain;
  const open = runtime === undefined ? undefined : await openSizes(runtime, disk, signal);
  if (open === undefined) return closedSizes(driver, disk, signal);
  const path = localPathOf(disk);
  if (disk.type !== 'file' || path === undefined) return open;
  // How long a file is, QEMU does not tell.
  const { physical } = await closedSizes(driver, disk, signal);
  return { ...open, physical };
}

async function openSizes(
  { monitor }: GuestRuntime,
  disk: Disk,
  signal: AbortSignal,
): Promise<ImageSizes | undefined> {
  const [devices, nodes] = await asked(
    Promise.all([queryBlockStats(monitor, signal), queryBlockNodes(monitor, signal)]),
  );
  const device = deviceStats(disk, devices);
  const node = nodes.get(device?.nodeName ?? '');
  if (device === undefined || node === undefined) return undefined;
  const written = device.counters.highestOffset;
  return {
    capacity: node.capacityBytes,
    allocation: written > 0n ? written : node.allocatedBytes,
    physical: node.allocatedBytes,
  };
}

async function closedSizes(driver: QemuDriver, disk: Disk, signal: AbortSignal): Promise<ImageSizes> {
  const path = localPathOf(disk);
  if (path === undefined) {
    throw VirError.of(
      'OPERATION_UNSUPPORTED',
      `size of disk '${disk.target.dev}' is known only while the domain runs`,
    );
  }
  return driver.parts.images.sizes(path, formatOf(disk), signal);
}

interface BlockReply {
  readonly qdev?: string;
  readonly device: string;
  readonly 'io-status'?: string;
  readonly inserted?: Readonly<Record<string, unknown>>;
}

async function queryBlock({ monitor }: GuestRuntime, signal: AbortSignal): Promise<readonly BlockReply[]> {
  return asked(monitor.execute('query-block', undefined, signal)) as Promise<readonly BlockReply[]>;
}

/** Disks whose last input or output failed, and by what. */
export async function diskErrors(
  live: Domain,
  runtime: GuestRuntime,
  signal: AbortSignal,
): Promise<{ readonly disk: string; readonly error: number }[]> {
  const devices = await queryBlock(runtime, signal);
  return live.devices.disks.flatMap((disk) => {
    const error = ERROR_OF_STATUS[replyFor(disk, devices)?.['io-status'] ?? 'ok'];
    return error === undefined ? [] : [{ disk: disk.target.dev, error }];
  });
}

const ERROR_OF_STATUS: { readonly [status: string]: number } = {
  failed: domainDiskErrorCode.unspec,
  nospace: domainDiskErrorCode.noSpace,
};

function replyFor({ alias }: Disk, devices: readonly BlockReply[]): BlockReply | undefined {
  return alias === undefined ? undefined : devices.find((it) => isDevice(it.qdev ?? it.device, alias));
}

// QEMU's names of the limits, by the names of the definition.
const LIMIT_NAMES = {
  total_bytes_sec: 'bps',
  read_bytes_sec: 'bps_rd',
  write_bytes_sec: 'bps_wr',
  total_iops_sec: 'iops',
  read_iops_sec: 'iops_rd',
  write_iops_sec: 'iops_wr',
  total_bytes_sec_max: 'bps_max',
  read_bytes_sec_max: 'bps_rd_max',
  write_bytes_sec_max: 'bps_wr_max',
  total_iops_sec_max: 'iops_max',
  read_iops_sec_max: 'iops_rd_max',
  write_iops_sec_max: 'iops_wr_max',
  size_iops_sec: 'iops_size',
  total_bytes_sec_max_length: 'bps_max_length',
  read_bytes_sec_max_length: 'bps_rd_max_length',
  write_bytes_sec_max_length: 'bps_wr_max_length',
  total_iops_sec_max_length: 'iops_max_length',
  read_iops_sec_max_length: 'iops_rd_max_length',
  write_iops_sec_max_length: 'iops_wr_max_length',
} as const;

/** Limits of a disk as they are in effect. */
export async function liveIoLimits(
  { runtime }: QemuDomain,
  disk: Disk,
  signal: AbortSignal,
): Promise<Readonly<Record<string, bigint | string>>> {
  if (runtime === undefined) throw notRunning();
  const inserted = replyFor(disk, await queryBlock(runtime, signal))?.inserted ?? {};
  const limits: Record<string, bigint | string> = {};
  for (const [name, theirs] of Object.entries(LIMIT_NAMES)) {
    const value = inserted[theirs];
    if (typeof value === 'number') limits[name] = BigInt(value);
  }
  if (typeof inserted.group === 'string') limits.group_name = inserted.group;
  return limits;
}

async function asked<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (error) {
    throw monitorFailure(error);
  }
}
