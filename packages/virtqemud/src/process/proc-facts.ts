import type { Files } from '@modvirt/core/ports';
import { type NumberSet, parseNumberSet } from '@modvirt/core/schema';
import { type CpuTimes, cpuTimesIn } from './cpu-time.js';

/** What the kernel tells of one thread of a guest. */
export interface ThreadFacts extends CpuTimes {
  /** The host's processor that it ran on last. */
  readonly lastCpu: number;
}

/** Time that a thread stood in line for a processor. */
export interface SchedulerDelays {
  readonly waitNs: bigint;
  readonly delayNs: bigint;
}

/** A file of /proc or /sys; empty when there is none, for processes end while one looks at them. */
async function readText(files: Files, path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await files.read(path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw error;
  }
}

/** Place of the last processor among the fields that follow the program's name in a `stat`. */
const LAST_CPU = 36;

export async function threadFacts(files: Files, pid: number, threadId: number): Promise<ThreadFacts> {
  const stat = await readText(files, `/proc/${pid}/task/${threadId}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { ...cpuTimesIn(stat), lastCpu: Number(fields[LAST_CPU] ?? 0) };
}

export async function schedulerDelays(files: Files, pid: number, threadId: number): Promise<SchedulerDelays> {
  const task = `/proc/${pid}/task/${threadId}`;
  const [sched, schedstat] = await Promise.all([
    readText(files, `${task}/sched`),
    readText(files, `${task}/schedstat`),
  ]);
  return { waitNs: waitSumNs(sched), delayNs: BigInt(schedstat.trim().split(' ')[1] ?? 0) };
}

/** `wait_sum` of a `sched`, which has it in milliseconds; 0 where the kernel does not count. */
export function waitSumNs(sched: string): bigint {
  const [, milliseconds = '0', fraction = ''] =
    /^(?:se\.statistics\.)?wait_sum\s*:\s*(\d+)(?:\.(\d+))?/m.exec(sched) ?? [];
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

/** Memory that the process has of the host. */
export async function residentKiB(files: Files, pid: number): Promise<bigint> {
  const status = await readText(files, `/proc/${pid}/status`);
  return BigInt(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0);
}

/** The host's processors that a thread may run on. */
export async function affinity(files: Files, pid: number, threadId: number): Promise<NumberSet> {
  const status = await readText(files, `/proc/${pid}/task/${threadId}/status`);
  return parseNumberSet(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '') ?? [];
}

/** Processors of the host that are there, and those that are on. */
export async function hostCpus(
  files: Files,
): Promise<{ readonly present: NumberSet; readonly online: NumberSet }> {
  const [present, online] = await Promise.all(
    ['present', 'online'].map(async (name) =>
      parseNumberSet((await readText(files, `/sys/devices/system/cpu/${name}`)).trim()),
    ),
  );
  return { present: present ?? [0], online: online ?? [0] };
}
