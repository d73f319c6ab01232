import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Native } from '@modvirt/native';
import type { Limit, Process, Processes, SpawnPlan, ToolOptions, ToolResult } from '../ports/processes.js';
import { hasCode, isSystemError } from './native-error.js';
import { NativeProcess } from './native-process.js';
import { startTimeOf } from './proc-stat.js';
import { runTool } from './run-tool.js';

/** The kernel's numbers (RLIMIT_…). */
const RESOURCES = { coreBytes: 4n, processes: 6n, openFiles: 7n, lockedMemoryBytes: 8n } as const;
const UNLIMITED = 0xffff_ffff_ffff_ffffn;

export class NativeProcesses implements Processes {
  readonly #native: Native;

  constructor(native: Native) {
    this.#native = native;
  }

  async spawn(plan: SpawnPlan): Promise<Process> {
    const nowhere = openSync('/dev/null', 'r+');
    try {
      const [pid, pidfd] = await this.#start(plan, nowhere);
      // Read before anybody can wait for it: a child that has ended already is still there as a zombie.
      return new NativeProcess(this.#native, { pid, pidfd, startTimeTicks: this.startTimeTicks(pid) ?? 0n });
    } catch (error) {
      if (isSystemError(error)) Object.assign(error, { path: plan.file });
      throw error;
    } finally {
      closeSync(nowhere);
    }
  }

  watch(pid: number, startTimeTicks?: bigint): Process | undefined {
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    const pidfd = this.#native.pidfdOpen(pid);
    if (pidfd < 0) return undefined;
    // Read after the process is held, and still there afterwards: so it is this one's.
    const began = this.startTimeTicks(pid);
    const isIt = began !== undefined && (startTimeTicks === undefined || began === startTimeTicks);
    if (!isIt || !this.#native.pidfdSignal(pidfd, 0)) {
      this.#native.closeDescriptor(pidfd);
      return undefined;
    }
    return new NativeProcess(this.#native, { pid, pidfd, startTimeTicks: began });
  }

  startTimeTicks(pid: number): bigint | undefined {
    try {
      return startTimeOf(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
      throw error;
    }
  }

  runTool(command: readonly [string, ...string[]], options: ToolOptions): Promise<ToolResult> {
    return runTool(command, options);
  }

  #start(plan: SpawnPlan, nowhere: number): Promise<[number, number]> {
    const descriptors = { 0: nowhere, 1: nowhere, 2: nowhere, ...plan.descriptors };
    const placements = Object.entries(descriptors).flatMap(([target, source]) => [source, Number(target)]);
    const ids = plan.user === undefined ? null : [plan.user.uid, plan.user.gid, ...plan.user.groups];
    return this.#native.spawn(
      plan.file,
      [plan.file, ...plan.argv],
      Object.entries(plan.env).map(([name, value]) => `${name}=${value}`),
      plan.directory ?? '/',
      plan.cgroups ?? [],
      Int32Array.from(placements),
      ids && Uint32Array.from(ids),
      BigUint64Array.from(limitsOf(plan)),
      plan.umask ?? -1,
    );
  }
}

function limitsOf(plan: SpawnPlan): bigint[] {
  const result: bigint[] = [];
  for (const [name, resource] of Object.entries(RESOURCES)) {
    const limit = plan.limits?.[name as keyof typeof RESOURCES];
    if (limit !== undefined) result.push(resource, bound(limit.soft), bound(limit.hard));
  }
  return result;
}

function bound(value: Limit['soft']): bigint {
  return value === 'unlimited' ? UNLIMITED : value;
}
