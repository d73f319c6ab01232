import type { HostReader } from './host-reader.js';

/** Time since boot, in nanoseconds. */
export interface CpuTimes {
  readonly kernel: bigint;
  readonly user: bigint;
  readonly idle: bigint;
  readonly iowait: bigint;
}

/** Of one processor, or of all together; undefined when there is no such processor. */
export async function readCpuTimes(host: HostReader, cpu: number | 'all'): Promise<CpuTimes | undefined> {
  const name = cpu === 'all' ? 'cpu' : `cpu${cpu}`;
  const lines = ((await host.kernel.text('/proc/stat')) ?? '').split('\n');
  const line = lines.find((it) => it.startsWith(`${name} `));
  if (line === undefined) return undefined;
  const nanosecondsPerTick = 1_000_000_000n / BigInt(host.ticksPerSecond);
  const ticks = line
    .slice(name.length)
    .trim()
    .split(/\s+/)
    .map((it) => BigInt(it) * nanosecondsPerTick);
  const [user = 0n, nice = 0n, system = 0n, idle = 0n, iowait = 0n, irq = 0n, softirq = 0n] = ticks;
  return { kernel: system + irq + softirq, user: user + nice, idle, iowait };
}
