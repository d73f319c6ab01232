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
export function postParseSchedulers(cputune: Cputune): Cputune {
  return {
    ...cputune,
    vcpuscheds: spread(cputune.vcpuscheds, 'vcpus'),
    iothreadscheds: spread(cputune.iothreadscheds, 'iothreads'),
  };
}
