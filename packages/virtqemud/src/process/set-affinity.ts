import { VirError } from '@modvirt/core/errors';
import type { Files, Processes } from '@modvirt/core/ports';
import { formatNumberSet, type NumberSet } from '@modvirt/core/schema';

const TOOL_MS = 5000;

/** All threads of a process. */
export async function threadIds(files: Files, pid: number): Promise<number[]> {
  return (await files.list(`/proc/${pid}/task`)).map((it) => Number(it.name));
}

/** Binds threads to processors. @throws VirError SYSTEM_ERROR when the kernel refuses */
export async function setAffinity(
  processes: Processes,
  threads: readonly number[],
  cpus: NumberSet,
  signal: AbortSignal,
): Promise<void> {
  for (const thread of threads) {
    const command = ['taskset', '--cpu-list', '--pid', formatNumberSet(cpus), String(thread)] as const;
    const { status, stderr } = await processes.runTool([...command], { timeoutMs: TOOL_MS, signal });
    if (status.type === 'exited' && status.code === 0) continue;
    const said = new TextDecoder().decode(stderr).trim();
    throw VirError.of('INTERNAL_ERROR', `cannot set CPU affinity on process ${thread}: ${said}`);
  }
}
