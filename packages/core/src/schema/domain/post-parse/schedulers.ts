import type { Cputune } from '../vcpu.js';

interface Scheduled {
  readonly scheduler: string;
  readonly priority?: number;
}

/** One entry for each number of the sets, in ascending order. */
function spread<T extends Scheduled, K extends string>(
  list: readonly (T & { readonly [P in K]: readonly number[] })[],
  key: K,
): readonly (T & { readonly [P in K]: readonly number[] })[] {
  const single = list.flatMap((it) => it[key].map((number) => ({ ...it, [key]: [number] })));
  return single.sort((a, b) => (a[key][0] ?? 0) - (b[key][0] ?? 0));
}

/** Schedulers are kept by vCPU and by iothread, whatever sets they were written in. */
export function postParseSchedulers(cputune: Cputune, vcpus: number): Cputune {
  return {
    ...cputune,
    vcpupins: cputune.vcpupins.filter((it) => it.vcpu < vcpus),
    vcpuscheds: spread(cputune.vcpuscheds, 'vcpus').map(withPriority),
    iothreadscheds: spread(cputune.iothreadscheds, 'iothreads').map(withPriority),
  };
}

const REAL_TIME: ReadonlySet<string> = new Set(['fifo', 'rr']);

/** Only real-time schedulers have priorities. */
function withPriority<T extends Scheduled>(scheduled: T): T {
  if (REAL_TIME.has(scheduled.scheduler) || scheduled.priority === undefined) return scheduled;
  const { priority: _, ...rest } = scheduled;
  return rest as T;
}
