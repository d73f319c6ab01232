import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const REPOSITORY = resolve(import.meta.dirname, '../../..');

export interface Output {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface DaemonStatus {
  readonly name: string;
  readonly pid: number | null;
  readonly state: string;
}

/** A set of our daemons on a root of its own, as `npm run stack` makes it. */
export interface TestStack {
  readonly root: string;
  readonly uri: string;
  /** Runs Debian's virsh on the legacy socket. Never rejects for a command that fails. */
  virsh(...words: string[]): Promise<Output>;
  /** The same, and fails the test when the command does. */
  ok(...words: string[]): Promise<string>;
  status(): Promise<readonly DaemonStatus[]>;
  pidOf(daemon: string): Promise<number>;
  /** Starts what does not run. */
  up(): Promise<void>;
  /** Ends the guests, the daemons and the files. */
  close(): Promise<void>;
}

/** Runs a program to its end, with a deadline. */
export async function output(file: string, args: readonly string[], timeoutMs = 60_000): Promise<Output> {
  try {
    const { stdout, stderr } = await run(file, args, {
      timeout: timeoutMs,
      env: toolEnvironment(),
      maxBuffer: 1 << 26,
    });
    return { status: 0, stdout, stderr };
  } catch (error) {
    const failed = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof failed.code !== 'number') throw error;
    return { status: failed.code, stdout: failed.stdout ?? '', stderr: failed.stderr ?? '' };
  }
}

export interface StackOptions {
  /** Command that runs another one, e.g. in a network namespace. */
  readonly wrapper?: readonly [string, ...string[]];
  /** Of the URI that virsh opens; QEMU's where absent. */
  readonly scheme?: 'qemu' | 'lxc';
}

export async function startStack({ wrapper, scheme = 'qemu' }: StackOptions = {}): Promise<TestStack> {
  const root = await mkdtemp(join(tmpdir(), 'modvirt-test-'));
  // Guests run as their own user and must reach their files.
  await run('chmod', ['755', root]);
  const uri = `${scheme}:///system?socket=${root}/run/libvirt/libvirt-sock`;
  const stack = (...words: string[]): Promise<Output> => {
    const run = [join(REPOSITORY, 'tools/run.mjs'), 'stack', ...words, '--root', root];
    const [program, ...before] = wrapper === undefined ? [process.execPath] : [...wrapper, process.execPath];
    return output(program, [...before, ...run], 120_000);
  };
  const up = async (): Promise<void> => {
    const started = await stack('up');
    if (started.status !== 0) throw new Error(`stack up failed:\n${started.stdout}${started.stderr}`);
  };
  await up();
  const virsh = (...words: string[]): Promise<Output> => output('virsh', ['-q', '-c', uri, ...words]);
  const status = async (): Promise<readonly DaemonStatus[]> => {
    const { stdout } = await stack('status', '--json');
    const parsed: unknown = JSON.parse(stdout);
    const list = Array.isArray(parsed) ? parsed : (parsed as { daemons: unknown }).daemons;
    return list as readonly DaemonStatus[];
  };
  return {
    root,
    uri,
    virsh,
    async ok(...words) {
      const result = await virsh(...words);
      if (result.status !== 0) throw new Error(`virsh ${words.join(' ')}: ${result.stderr}`);
      return result.stdout;
    },
    status,
    async pidOf(daemon) {
      const found = (await status()).find((row) => row.name === daemon);
      if (found?.pid == null) throw new Error(`${daemon} does not run`);
      return found.pid;
    },
    up,
    async close() {
      const names = (await virsh('list', '--name')).stdout.split('\n').filter((name) => name !== '');
      for (const name of names) await virsh('destroy', name);
      await stack('down');
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Whether the process runs. One that has ended may lie there for seconds until its parent asks how. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false; // There is no such process.
  }
}

/** Waits until `check` gives something, looking again every 50 ms. */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 45_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await check();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

const GUEST = process.env.MODVIRT_TEST_GUEST ?? join(REPOSITORY, '.cache/guest');

/** The tiny guest that `npm run guest` builds, where every user can reach it. */
export const guest = {
  kernel: join(GUEST, 'vmlinuz'),
  initrd: join(GUEST, 'initrd.gz'),
};

export function guestIsBuilt(): boolean {
  return existsSync(guest.kernel) && existsSync(guest.initrd);
}

/** A program that goes on while the test does other things; ended by `stop`. */
export function background(
  file: string,
  args: readonly string[],
): { text(): string; stop(): Promise<void>; send(line: string): void } {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: toolEnvironment() });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  return {
    text: () => text,
    send: (line) => void child.stdin.write(line),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function toolEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _slow, ...rest } = process.env;
  return { ...rest, LC_ALL: 'C' };
}
