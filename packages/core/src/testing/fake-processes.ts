import type {
  ExitStatus,
  Process,
  Processes,
  SignalName,
  SpawnPlan,
  ToolOptions,
  ToolResult,
} from '../ports/processes.js';

/** A process that ends when the test says so. */
export class FakeProcess implements Process {
  readonly pid: number;
  readonly startTimeTicks: bigint;
  readonly exited: Promise<ExitStatus>;
  readonly plan: SpawnPlan | undefined;
  /** Signals that it got, in order. */
  readonly signals: (SignalName | number)[] = [];
  /** What it does about a signal: without it, SIGKILL and SIGTERM end it. */
  onSignal: ((signal: SignalName | number) => void) | undefined;
  #tell: (status: ExitStatus) => void = () => undefined;
  #isRunning = true;

  constructor(pid: number, startTimeTicks: bigint, plan?: SpawnPlan) {
    this.pid = pid;
    this.startTimeTicks = startTimeTicks;
    this.plan = plan;
    this.exited = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  end(status: ExitStatus = { type: 'exited', code: 0 }): void {
    this.#isRunning = false;
    this.#tell(status);
  }

  kill(signal: SignalName | number): boolean {
    if (!this.#isRunning) return false;
    this.signals.push(signal);
    if (this.onSignal !== undefined) this.onSignal(signal);
    else if (signal === 'SIGKILL' || signal === 'SIGTERM') this.end({ type: 'killed', signal });
    return true;
  }

  release(): void {
    this.#tell = () => undefined;
  }
}

/** What a tool would answer. */
export type FakeTool = (argv: readonly string[], options: ToolOptions) => Partial<FakeToolAnswer> | Error;

interface FakeToolAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Processes that are only noted down; tools are functions by name. */
export class FakeProcesses implements Processes {
  readonly spawned: FakeProcess[] = [];
  readonly toolCalls: (readonly string[])[] = [];
  readonly #tools: ReadonlyMap<string, FakeTool>;
  readonly #running = new Map<number, FakeProcess>();
  #nextPid = 1000;
  #nextSpawnError: Error | undefined;

  constructor(tools: { readonly [name: string]: FakeTool } = {}) {
    this.#tools = new Map(Object.entries(tools));
  }

  failNextSpawn(code: string): void {
    this.#nextSpawnError = Object.assign(new Error(`${code}: execve`), {
      code,
      errno: -1,
      syscall: 'execve',
    });
  }

  /** A process that was there before us. */
  add(process: FakeProcess): FakeProcess {
    this.#running.set(process.pid, process);
    return process;
  }

  async spawn(plan: SpawnPlan): Promise<FakeProcess> {
    const error = this.#nextSpawnError;
    this.#nextSpawnError = undefined;
    if (error !== undefined) throw Object.assign(error, { path: plan.file });
    const pid = this.#nextPid++;
    const process = this.add(new FakeProcess(pid, BigInt(pid) * 10n, plan));
    this.spawned.push(process);
    return process;
  }

  watch(pid: number, startTimeTicks?: bigint): Process | undefined {
    const process = this.#running.get(pid);
    if (process === undefined || !process.isRunning) return undefined;
    return startTimeTicks === undefined || startTimeTicks === process.startTimeTicks ? process : undefined;
  }

  startTimeTicks(pid: number): bigint | undefined {
    return this.watch(pid)?.startTimeTicks;
  }

  async runTool(command: readonly [string, ...string[]], options: ToolOptions): Promise<ToolResult> {
    options.signal?.throwIfAborted();
    this.toolCalls.push(command);
    const tool = this.#tools.get(command[0]);
    if (tool === undefined)
      throw Object.assign(new Error(`ENOENT: spawn ${command[0]}`), {
        code: 'ENOENT',
        errno: -2,
        syscall: 'spawn',
      });
    const answer = tool(command.slice(1), options);
    if (answer instanceof Error) throw answer;
    const encoder = new TextEncoder();
    return {
      status: { type: 'exited', code: answer.code ?? 0 },
      stdout: encoder.encode(answer.stdout ?? ''),
      stderr: encoder.encode(answer.stderr ?? ''),
    };
  }
}
