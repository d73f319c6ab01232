import {
  intParameter,
  llongParameter,
  stringParameter,
  type TypedParameter,
  uintParameter,
  ullongParameter,
} from '@modvirt/core/protocol';
import type { Domain } from '@modvirt/core/schema';
import type { BalloonFigure, BalloonReport } from '../monitor/balloon-queries.js';
import type { DirtyRate, HaltPolling, IothreadFacts } from '../monitor/other-queries.js';
import type { CpuTimes } from '../process/cpu-time.js';
import type { SchedulerDelays } from '../process/proc-facts.js';

/** `cpu.…` of a domain that runs. */
export function cpuGroup(times: CpuTimes, polling: HaltPolling | undefined): TypedParameter[] {
  return [
    ullongParameter('cpu.time', times.userNs + times.systemNs),
    ullongParameter('cpu.user', times.userNs),
    ullongParameter('cpu.system', times.systemNs),
    uintParameter('cpu.cache.monitor.count', 0),
    ullongParameter('cpu.haltpoll.success.time', polling?.successNs ?? 0n),
    ullongParameter('cpu.haltpoll.fail.time', polling?.failNs ?? 0n),
  ];
}

// In the order in which clients are told.
const BALLOON_NAMES: readonly (readonly [BalloonFigure, string])[] = [
  ['swapIn', 'swap_in'],
  ['swapOut', 'swap_out'],
  ['majorFault', 'major_fault'],
  ['minorFault', 'minor_fault'],
  ['unused', 'unused'],
  ['available', 'available'],
  ['usable', 'usable'],
];
const LATER_BALLOON_NAMES: readonly (readonly [BalloonFigure, string])[] = [
  ['diskCaches', 'disk_caches'],
  ['hugetlbPgalloc', 'hugetlb_pgalloc'],
  ['hugetlbPgfail', 'hugetlb_pgfail'],
];

/** `balloon.…`; `rssKiB` is there for a domain that runs. */
export function balloonGroup(
  domain: Domain,
  report: BalloonReport | undefined,
  rssKiB: bigint | undefined,
): TypedParameter[] {
  const figures = (names: typeof BALLOON_NAMES): TypedParameter[] =>
    names.flatMap(([figure, name]) => {
      const value = report?.values.get(figure);
      return value === undefined ? [] : [ullongParameter(`balloon.${name}`, value)];
    });
  return [
    ullongParameter('balloon.current', domain.currentMemory),
    ullongParameter('balloon.maximum', domain.memory.sizeKiB),
    ...figures(BALLOON_NAMES),
    ...(report === undefined ? [] : [ullongParameter('balloon.last-update', report.lastUpdate)]),
    ...figures(LATER_BALLOON_NAMES),
    ...(rssKiB === undefined ? [] : [ullongParameter('balloon.rss', rssKiB)]),
  ];
}

export interface VcpuFigures extends CpuTimes, SchedulerDelays {
  readonly id: number;
}

/** virVcpuState: the vCPU has a thread that runs. */
const VCPU_RUNNING = 1;

/** `vcpu.…`; single vCPUs of a domain that runs. */
export function vcpuGroup(domain: Domain, vcpus: readonly VcpuFigures[]): TypedParameter[] {
  return [
    uintParameter('vcpu.current', domain.vcpu.current ?? domain.vcpu.count),
    uintParameter('vcpu.maximum', domain.vcpu.count),
    ...vcpus.flatMap((it) => [
      intParameter(`vcpu.${it.id}.state`, VCPU_RUNNING),
      ullongParameter(`vcpu.${it.id}.time`, it.userNs + it.systemNs),
      ullongParameter(`vcpu.${it.id}.wait`, it.waitNs),
      ullongParameter(`vcpu.${it.id}.delay`, it.delayNs),
    ]),
  ];
}

/** `iothread.…` */
export function iothreadGroup(iothreads: readonly IothreadFacts[]): TypedParameter[] {
  if (iothreads.length === 0) return [];
  return [
    uintParameter('iothread.count', iothreads.length),
    ...iothreads.flatMap((it) => {
      const prefix = `iothread.${iothreadNumber(it)}`;
      return [
        ullongParameter(`${prefix}.poll-max-ns`, it.pollMaxNs),
        uintParameter(`${prefix}.poll-grow`, it.pollGrow),
        uintParameter(`${prefix}.poll-shrink`, it.pollShrink),
      ];
    }),
  ];
}

/** The number in the definition of what QEMU calls `iothreadN`. */
export function iothreadNumber({ id }: IothreadFacts): number {
  return Number(id.replace(/^iothread/, ''));
}

const DIRTY_RATE_STATUS = ['unstarted', 'measuring', 'measured'];

/** `dirtyrate.…` */
export function dirtyRateGroup(rate: DirtyRate): TypedParameter[] {
  const { megabytesPerSecond } = rate;
  return [
    intParameter('dirtyrate.calc_status', DIRTY_RATE_STATUS.indexOf(rate.status)),
    llongParameter('dirtyrate.calc_start_time', BigInt(rate.startTime)),
    intParameter('dirtyrate.calc_period', rate.periodSeconds),
    stringParameter('dirtyrate.calc_mode', rate.mode),
    ...(rate.status !== 'measured' || megabytesPerSecond === undefined
      ? []
      : [llongParameter('dirtyrate.megabytes_per_second', BigInt(megabytesPerSecond))]),
    ...rate.vcpus.map((it) =>
      ullongParameter(`dirtyrate.vcpu.${it.id}.megabytes_per_second`, BigInt(it.megabytesPerSecond)),
    ),
  ];
}
