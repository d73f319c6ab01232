import type { Cgroup } from './cgroup.js';
import type { DeviceNumber } from './device-group.js';

const NOT_MOUNTED = "blkio cgroup isn't mounted";

/** Limits of one device, a second; 0 is none. */
export interface DeviceThrottle {
  readonly readBytes: bigint;
  readonly writeBytes: bigint;
  readonly readOperations: bigint;
  readonly writeOperations: bigint;
}

const FILES: Readonly<Record<keyof DeviceThrottle, readonly [separate: string, unified: string]>> = {
  readBytes: ['blkio.throttle.read_bps_device', 'rbps'],
  writeBytes: ['blkio.throttle.write_bps_device', 'wbps'],
  readOperations: ['blkio.throttle.read_iops_device', 'riops'],
  writeOperations: ['blkio.throttle.write_iops_device', 'wiops'],
};

const WEIGHT_FILES = [
  ['blkio.weight', 'io.bfq.weight'],
  ['blkio.bfq.weight', 'io.weight'],
] as const;

/** The share of what devices can do. Kernels whose scheduler knows no shares have no such file: nothing is shared out then. */
export async function setBlockWeight(group: Cgroup, weight: number): Promise<void> {
  const place = group.require('blkio', NOT_MOUNTED);
  for (const [separate, unified] of WEIGHT_FILES) {
    const file = place.isUnified ? unified : separate;
    if (!(await group.kernel.exists(`${place.directory}/${file}`))) continue;
    await group.write(place, file, place.isUnified ? `default ${weight}` : String(weight));
    return;
  }
}

/** Undefined where nobody shares out. */
export async function readBlockWeight(group: Cgroup): Promise<number | undefined> {
  for (const [separate, unified] of WEIGHT_FILES) {
    const text = await group.read('blkio', separate, unified);
    const [, weight] = /(\d+)$/m.exec(text ?? '') ?? [];
    if (weight !== undefined) return Number(weight);
  }
  return undefined;
}

export async function throttleDevice(
  group: Cgroup,
  { major, minor = 0 }: DeviceNumber,
  limits: Partial<DeviceThrottle>,
): Promise<void> {
  const place = group.require('blkio', NOT_MOUNTED);
  for (const key of Object.keys(FILES) as (keyof DeviceThrottle)[]) {
    const limit = limits[key];
    if (limit === undefined) continue;
    const [separate, unified] = FILES[key];
    const text = place.isUnified
      ? `${major}:${minor} ${unified}=${limit === 0n ? 'max' : limit}`
      : `${major}:${minor} ${limit}`;
    await group.write(place, place.isUnified ? 'io.max' : separate, text);
  }
}

export interface BlockFigures {
  readonly readBytes: bigint;
  readonly readOperations: bigint;
  readonly writeBytes: bigint;
  readonly writeOperations: bigint;
}

/** What the group has moved to and from all devices, or one of them. */
export async function readBlockFigures(group: Cgroup, device?: DeviceNumber): Promise<BlockFigures> {
  const place = group.require('blkio', NOT_MOUNTED);
  const number = device === undefined ? undefined : `${device.major}:${device.minor ?? 0}`;
  if (place.isUnified) {
    const text = (await group.kernel.text(`${place.directory}/io.stat`)) ?? '';
    const lines = text.split('\n').filter((it) => number === undefined || it.startsWith(`${number} `));
    const sum = (name: string): bigint =>
      lines.reduce((all, line) => all + BigInt(new RegExp(` ${name}=(\\d+)`).exec(line)?.[1] ?? 0), 0n);
    return {
      readBytes: sum('rbytes'),
      writeBytes: sum('wbytes'),
      readOperations: sum('rios'),
      writeOperations: sum('wios'),
    };
  }
  const [bytes = '', operations = ''] = await Promise.all(
    ['blkio.throttle.io_service_bytes', 'blkio.throttle.io_serviced'].map((file) =>
      group.kernel.text(`${place.directory}/${file}`),
    ),
  );
  return {
    readBytes: sumOf(bytes, 'Read', number),
    writeBytes: sumOf(bytes, 'Write', number),
    readOperations: sumOf(operations, 'Read', number),
    writeOperations: sumOf(operations, 'Write', number),
  };
}

/** Lines are `8:0 Read 4096`. */
function sumOf(text: string, direction: string, number: string | undefined): bigint {
  let sum = 0n;
  for (const line of text.split('\n')) {
    const [device, kind, count] = line.split(' ');
    if (kind === direction && count !== undefined && (number === undefined || device === number))
      sum += BigInt(count);
  }
  return sum;
}
