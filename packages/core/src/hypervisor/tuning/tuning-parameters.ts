import {
  booleanParameter,
  intParameter,
  llongParameter,
  stringParameter,
  type TypedParameter,
  uintParameter,
  ullongParameter,
} from '../../protocol/typed-parameter.js';
import { formatNumberSet } from '../../schema/bitmap.js';
import type { NetworkInterface } from '../../schema/domain/interface.js';
import { perfEvents } from '../../schema/domain/perf.js';
import type { Domain } from '../../schema/domain/post-parse/filled-domain.js';
import { UNLIMITED_KIB } from '../cgroup/memory-group.js';

// What a definition says of tuning, as clients are told: every parameter that there is, with 0 for what is not said.

export type SchedulerLimits = Partial<
  Pick<
    NonNullable<Domain['cputune']>,
    | 'shares'
    | 'period'
    | 'quota'
    | 'emulator_period'
    | 'emulator_quota'
    | 'global_period'
    | 'global_quota'
    | 'iothread_period'
    | 'iothread_quota'
  >
>;

export function schedulerParameters(limits: SchedulerLimits): TypedParameter[] {
  return [
    ullongParameter('cpu_shares', limits.shares ?? 0n),
    ullongParameter('vcpu_period', limits.period ?? 0n),
    llongParameter('vcpu_quota', limits.quota ?? 0n),
    ullongParameter('emulator_period', limits.emulator_period ?? 0n),
    llongParameter('emulator_quota', limits.emulator_quota ?? 0n),
    ullongParameter('global_period', limits.global_period ?? 0n),
    llongParameter('global_quota', limits.global_quota ?? 0n),
    ullongParameter('iothread_period', limits.iothread_period ?? 0n),
    llongParameter('iothread_quota', limits.iothread_quota ?? 0n),
  ];
}

export function memoryParameters(domain: Pick<Domain, 'memtune'>): TypedParameter[] {
  return [
    ullongParameter('hard_limit', domain.memtune?.hard_limit ?? UNLIMITED_KIB),
    ullongParameter('soft_limit', domain.memtune?.soft_limit ?? UNLIMITED_KIB),
    ullongParameter('swap_hard_limit', domain.memtune?.swap_hard_limit ?? UNLIMITED_KIB),
  ];
}

const NUMA_MODES = ['strict', 'preferred', 'interleave', 'restrictive'] as const;

export function numaParameters({ numatune }: Domain): TypedParameter[] {
  const memory = numatune?.memory;
  return [
    intParameter('numa_mode', NUMA_MODES.indexOf(memory?.mode ?? 'strict')),
    stringParameter('numa_nodeset', memory?.nodeset === undefined ? '' : formatNumberSet(memory.nodeset)),
  ];
}

export function blkioParameters({ blkiotune }: Pick<Domain, 'blkiotune'>): TypedParameter[] {
  const devices = blkiotune?.devices ?? [];
  type Figure = 'weight' | 'read_iops_sec' | 'write_iops_sec' | 'read_bytes_sec' | 'write_bytes_sec';
  const list = (name: string, figure: Figure): TypedParameter =>
    stringParameter(
      name,
      devices.flatMap((it) => (it[figure] ? [`${it.path},${it[figure]}`] : [])).join(','),
    );
  return [
    uintParameter('weight', blkiotune?.weight ?? 0),
    list('device_weight', 'weight'),
    list('device_read_iops_sec', 'read_iops_sec'),
    list('device_write_iops_sec', 'write_iops_sec'),
    list('device_read_bytes_sec', 'read_bytes_sec'),
    list('device_write_bytes_sec', 'write_bytes_sec'),
  ];
}

export function bandwidthParameters({ bandwidth }: NetworkInterface): TypedParameter[] {
  const rate = (name: string, value: bigint | undefined): TypedParameter =>
    uintParameter(name, Number(value ?? 0n));
  return [
    rate('inbound.average', bandwidth?.inbound?.average),
    rate('inbound.peak', bandwidth?.inbound?.peak),
    rate('inbound.burst', bandwidth?.inbound?.burst),
    rate('inbound.floor', bandwidth?.inbound?.floor),
    rate('outbound.average', bandwidth?.outbound?.average),
    rate('outbound.peak', bandwidth?.outbound?.peak),
    rate('outbound.burst', bandwidth?.outbound?.burst),
  ];
}

export function perfParameters({ perf }: Domain): TypedParameter[] {
  const on = new Set((perf?.events ?? []).filter((it) => it.enabled).map((it) => it.name));
  return perfEvents.map((name) => booleanParameter(name, on.has(name)));
}

/** Limits of a disk's input and output, by the names of the definition. */
export type IoLimits = Readonly<Record<string, bigint | string | undefined>>;

const IO_LIMITS = [
  'total_bytes_sec',
  'read_bytes_sec',
  'write_bytes_sec',
  'total_iops_sec',
  'read_iops_sec',
  'write_iops_sec',
  'total_bytes_sec_max',
  'read_bytes_sec_max',
  'write_bytes_sec_max',
  'total_iops_sec_max',
  'read_iops_sec_max',
  'write_iops_sec_max',
  'size_iops_sec',
  'group_name',
  'total_bytes_sec_max_length',
  'read_bytes_sec_max_length',
  'write_bytes_sec_max_length',
  'total_iops_sec_max_length',
  'read_iops_sec_max_length',
  'write_iops_sec_max_length',
] as const;

export function ioTuneParameters(limits: IoLimits): TypedParameter[] {
  return IO_LIMITS.map((name) => {
    const value = limits[name];
    if (name === 'group_name') return stringParameter(name, typeof value === 'string' ? value : '');
    return ullongParameter(name, typeof value === 'bigint' ? value : 0n);
  });
}
