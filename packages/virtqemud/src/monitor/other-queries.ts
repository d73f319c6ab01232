import type { Monitor } from './monitor.js';

export interface IothreadFacts {
  readonly id: string;
  readonly threadId: number;
  readonly pollMaxNs: bigint;
  readonly pollGrow: number;
  readonly pollShrink: number;
}

export async function queryIothreads(
  monitor: Monitor,
  signal?: AbortSignal,
): Promise<readonly IothreadFacts[]> {
  const reply = (await monitor.execute('query-iothreads', undefined, signal)) as readonly {
    readonly id: string;
    readonly 'thread-id': number;
    readonly 'poll-max-ns'?: number;
    readonly 'poll-grow'?: number;
    readonly 'poll-shrink'?: number;
  }[];
  return reply.map((it) => ({
    id: it.id,
    threadId: it['thread-id'],
    pollMaxNs: BigInt(it['poll-max-ns'] ?? 0),
    pollGrow: it['poll-grow'] ?? 0,
    pollShrink: it['poll-shrink'] ?? 0,
  }));
}

/** How fast the guest changes its memory, as measured last. */
export interface DirtyRate {
  readonly status: 'unstarted' | 'measuring' | 'measured';
  readonly mode: string;
  readonly startTime: number;
  readonly periodSeconds: number;
  readonly megabytesPerSecond: number | undefined;
  readonly vcpus: readonly { readonly id: number; readonly megabytesPerSecond: number }[];
}

export async function queryDirtyRate(monitor: Monitor, signal?: AbortSignal): Promise<DirtyRate> {
  const reply = (await monitor.execute('query-dirty-rate', undefined, signal)) as {
    readonly status: DirtyRate['status'];
    readonly mode?: string;
    readonly 'start-time': number;
    readonly 'calc-time': number;
    readonly 'dirty-rate'?: number;
    readonly 'vcpu-dirty-rate'?: readonly { readonly id: number; readonly 'dirty-rate': number }[];
  };
  return {
    status: reply.status,
    mode: reply.mode ?? 'page-sampling',
    startTime: reply['start-time'],
    periodSeconds: reply['calc-time'],
    megabytesPerSecond: reply['dirty-rate'],
    vcpus: (reply['vcpu-dirty-rate'] ?? []).map((it) => ({
      id: it.id,
      megabytesPerSecond: it['dirty-rate'],
    })),
  };
}

export interface HaltPolling {
  readonly successNs: bigint;
  readonly failNs: bigint;
}

/** How long KVM polled for idle vCPUs, all of them together; zeros where there is no KVM. */
export async function queryHaltPolling(monitor: Monitor, signal?: AbortSignal): Promise<HaltPolling> {
  const names = ['halt_poll_success_ns', 'halt_poll_fail_ns'];
  const reply = (await monitor.execute(
    'query-stats',
    { target: 'vcpu', providers: [{ provider: 'kvm', names }] },
    signal,
  )) as readonly { readonly stats: readonly { readonly name: string; readonly value: unknown }[] }[];
  const sum = (name: string): bigint =>
    reply
      .flatMap((vcpu) => vcpu.stats)
      .filter((it) => it.name === name && typeof it.value === 'number')
      .reduce((total, it) => total + BigInt(it.value as number), 0n);
  return { successNs: sum('halt_poll_success_ns'), failNs: sum('halt_poll_fail_ns') };
}
