/** How a process ended. `gone`: it was not our child, so only that it ended is known. */
export type ExitStatus =
  | { readonly type: 'exited'; readonly code: number }
  | { readonly type: 'killed'; readonly signal: string }
  | { readonly type: 'gone' };

/** Names as in signal(7). */
export type SignalName =
  | 'SIGTERM'
  | 'SIGKILL'
  | 'SIGINT'
  | 'SIGHUP'
  | 'SIGUSR1'
  | 'SIGUSR2'
  | 'SIGCONT'
  | 'SIGSTOP';

/** A process held by a pidfd: never mistaken for a later one with its number. */
export interface Process {
  readonly pid: number;
  /** In clock ticks since boot, as /proc/PID/stat has it; tells it from a later process after our own restart. */
  readonly startTimeTicks: bigint;
  /** Never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** @returns false when the process had already ended */
  kill(signal: SignalName | number): boolean;
  /** Stops watching; `exited` then never resolves. The process goes on. */
  release(): void;
}

export interface Limit {
  readonly soft: bigint | 'unlimited';
  readonly hard: bigint | 'unlimited';
}

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups, all of them. */
  readonly groups: readonly number[];
}

export interface SpawnPlan {
  /** Absolute; no search path is used. */
  readonly file: string;
  /** Without the program's own name. */
  readonly argv: readonly string[];
  /** The whole environment. */
  readonly env: { readonly [name: string]: string };
  /** `/` unless said otherwise. */
  readonly directory?: string;
  /** Number in the child → descriptor here, which stays ours. 0 to 2 are /dev/null where nothing is said. */
  readonly descriptors?: { readonly [target: number]: number };
  /** As ourselves where absent. */
  readonly user?: UserIds;
  readonly umask?: number;
  readonly limits?: {
    readonly lockedMemoryBytes?: Limit;
    readonly openFiles?: Limit;
    readonly coreBytes?: Limit;
    readonly processes?: Limit;
  };
  /** Directories of cgroups that the process is in before it runs its program. */
  readonly cgroups?: readonly string[];
}

export interface ToolOptions {
  /** The whole environment; only PATH, a fixed one, and LC_ALL=C where absent. */
  readonly env?: { readonly [name: string]: string };
  readonly stdin?: Uint8Array | string;
  /** Further descriptors: number in the child (from 3 on, without gaps) → descriptor here, which stays ours. */
  readonly descriptors?: { readonly [target: number]: number };
  readonly directory?: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Of each of its two outputs; 16 MiB where absent. */
  readonly maxOutputBytes?: number;
}

export interface ToolResult {
  readonly status: ExitStatus;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

export interface Processes {
  /**
   * Starts a program that outlives us: own session, no controlling terminal, default signals, and no descriptor but those
   * named.
   *
   * @throws Error with `code` (ENOENT, EACCES …), `syscall` and `path` if the program could not be started; nothing is left
   * then
   */
  spawn(plan: SpawnPlan): Promise<Process>;

  /**
   * Takes hold of a process that someone else, or we in an earlier life, started.
   *
   * @param startTimeTicks refuses a process with this pid that began at another time
   * @returns undefined when there is no such process, or it has ended
   */
  watch(pid: number, startTimeTicks?: bigint): Process | undefined;

  /** When the process began, in clock ticks since boot; undefined when there is none. */
  startTimeTicks(pid: number): bigint | undefined;

  /**
   * Runs a short-lived tool to its end, without a shell. It and its children are killed when time or output run over, or the
   * signal aborts, and then the promise rejects with the reason.
   *
   * @param command the program, absolute or looked for in PATH, and its arguments
   * @throws Error with `code` if it could not be started; DeadlineError; code ENOBUFS when the output is too long
   */
  runTool(command: readonly [string, ...string[]], options: ToolOptions): Promise<ToolResult>;
}
