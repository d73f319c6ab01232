import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { DeadlineError } from '../ports/clock.js';
import type { ExitStatus, ToolOptions, ToolResult } from '../ports/processes.js';
import { hasCode } from './native-error.js';

const DEFAULT_MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const DEFAULT_ENV = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/** See the port `Processes`. The tool leads a process group of its own, which is killed as a whole. */
export function runTool(command: readonly [string, ...string[]], options: ToolOptions): Promise<ToolResult> {
  if (options.signal?.aborted) return Promise.reject(options.signal.reason);
  return new Promise((resolve, reject) => {
    const child = start(command, options);
    const run = new ToolRun(child, options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES);
    const onAbort = () => run.stop(options.signal?.reason);
    const timer = setTimeout(() => {
      run.stop(new DeadlineError(command[0], options.timeoutMs));
    }, options.timeoutMs);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const settle = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    };
    run.ended.then(resolve, reject).finally(settle);
    run.feed(options.stdin);
  });
}

function start([file, ...argv]: readonly [string, ...string[]], options: ToolOptions): ChildProcess {
  const further: number[] = [];
  for (const [target, source] of Object.entries(options.descriptors ?? {}))
    further[Number(target) - 3] = source;
  return spawn(file, argv, {
    env: { ...(options.env ?? DEFAULT_ENV) },
    cwd: options.directory ?? '/',
    detached: true,
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...further],
  });
}

/** One tool from start to end. */
class ToolRun {
  readonly ended: Promise<ToolResult>;
  readonly #child: ChildProcess;
  readonly #maxBytes: number;
  readonly #stdout: Uint8Array[] = [];
  readonly #stderr: Uint8Array[] = [];
  #isOver = false;
  #reject: (reason: unknown) => void = () => undefined;

  constructor(child: ChildProcess, maxBytes: number) {
    this.#child = child;
    this.#maxBytes = maxBytes;
    this.#collect(child.stdout, this.#stdout);
    this.#collect(child.stderr, this.#stderr);
    this.ended = new Promise((resolve, reject) => {
      this.#reject = reject;
      child.once('error', reject);
      // 'close': it has ended and everything that it wrote has been read.
      child.once('close', (code, signal) => {
        this.#isOver = true;
        resolve({
          status: statusOf(code, signal),
          stdout: Buffer.concat(this.#stdout),
          stderr: Buffer.concat(this.#stderr),
        });
      });
    });
  }

  feed(input: Uint8Array | string | undefined): void {
    const { stdin } = this.#child;
    if (stdin === null) return;
    // A tool may well end without having read its input: its status tells.
    stdin.on('error', (error) => {
      if (!hasCode(error, 'EPIPE', 'ECONNRESET')) this.stop(error);
    });
    stdin.end(input);
  }

  stop(reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { pid, stdin, stdout, stderr, exitCode, signalCode } = this.#child;
    const isReaped = exitCode !== null || signalCode !== null;
    // The number is ours while the leader has not been waited for, or members of its group live on without it.
    if (pid !== undefined && !(isReaped && existsSync(`/proc/${pid}`))) killGroup(pid);
    for (const stream of [stdin, stdout, stderr]) stream?.destroy();
    this.#reject(reason);
  }

  #collect(stream: NodeJS.ReadableStream | null, pieces: Uint8Array[]): void {
    let total = 0;
    stream?.on('data', (piece: Buffer) => {
      total += piece.length;
      if (total <= this.#maxBytes) pieces.push(piece);
      else this.stop(tooMuchOutput(this.#maxBytes));
    });
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

function tooMuchOutput(maxBytes: number): Error {
  return Object.assign(new Error(`ENOBUFS: more than ${maxBytes} bytes of output, read`), {
    code: 'ENOBUFS',
    errno: -105,
    syscall: 'read',
  });
}

function statusOf(code: number | null, signal: NodeJS.Signals | null): ExitStatus {
  if (signal !== null) return { type: 'killed', signal };
  return { type: 'exited', code: code ?? -1 };
}
