import type { Files } from '@modvirt/core/ports';

/** Length of a clock tick: the kernel's interface to programs has always used 100 a second on Linux. */
const NS_PER_TICK = 10_000_000n;

export interface CpuTimes {
  readonly userNs: bigint;
  readonly systemNs: bigint;
}

/** What a process has used of the processors; zeros when it is gone. */
export async function cpuTimes(files: Files, pid: number): Promise<CpuTimes> {
  return cpuTimesIn(await statText(files, pid));
}

/** The times in the text of a `stat` of a process or thread. */
export function cpuTimesIn(stat: string): CpuTimes {
  // The name in parentheses may hold anything; the fields follow its last parenthesis. utime and stime are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (index: number): bigint => BigInt(fields[index] ?? 0) * NS_PER_TICK;
  return { userNs: ticks(11), systemNs: ticks(12) };
}

export async function cpuTimeNs(files: Files, pid: number): Promise<bigint> {
  const { userNs, systemNs } = await cpuTimes(files, pid);
  return userNs + systemNs;
}

async function statText(files: Files, pid: number): Promise<string> {
  try {
    return new TextDecoder().decode(await files.read(`/proc/${pid}/stat`));
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return '';
    throw error;
  }
}
