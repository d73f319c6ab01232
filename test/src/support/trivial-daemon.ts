import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const repository = join(import.meta.dirname, '../../..');

/** Builds the trivial daemon as daemons are built, and starts and ends it on a root of its own. */
export class TrivialDaemon {
  root: string;
  readonly #directory: string;
  readonly #program: string;
  #child: ChildProcess | undefined;
  stderr = '';

  private constructor(directory: string) {
    this.#directory = directory;
    this.root = join(directory, 'root');
    this.#program = join(directory, 'triviald.cjs');
  }

  static async build(): Promise<TrivialDaemon> {
    const directory = mkdtempSync(join(tmpdir(), 'modvirt-rpc-'));
    const daemon = new TrivialDaemon(directory);
    await build({
      entryPoints: [join(import.meta.dirname, 'trivial/main.ts')],
      outfile: daemon.#program,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      logLevel: 'error',
      define: { 'import.meta.url': 'importMetaUrl' },
      banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    });
    copyFileSync(join(repository, 'packages/native/build/modvirt.node'), join(directory, 'modvirt.node'));
    return daemon;
  }

  get socket(): string {
    return join(this.root, 'run/libvirt/rpc/triviald.sock');
  }

  get program(): string {
    return this.#program;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('not started');
    return this.#child.pid;
  }

  /** Resolves when its socket is there. */
  async start(args: readonly string[] = []): Promise<void> {
    const child = spawn(process.execPath, [this.#program, '--root', this.root, '--verbose', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await this.#untilReady(child);
  }

  /** Starts it with a listening socket under the name, as systemd does. The pid must be that of the daemon itself. */
  async startActivated(descriptor: number, name: string, args: readonly string[]): Promise<void> {
    const script = 'LISTEN_PID=$$ exec "$@"';
    const command = [process.execPath, this.#program, '--root', this.root, '--verbose', ...args];
    const child = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
      stdio: ['ignore', 'ignore', 'pipe', descriptor],
      env: { ...process.env, LISTEN_FDS: '1', LISTEN_FDNAMES: name },
    });
    await this.#untilReady(child);
  }

  /** Sends a signal and waits for the end. @returns the exit code, or the signal that killed it */
  async kill(signal: NodeJS.Signals): Promise<number | string> {
    const child = this.#child;
    if (child === undefined) throw new Error('not started');
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }
    this.#child = undefined;
    return child.exitCode ?? child.signalCode ?? 'unknown';
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    this.#child = child;
    const { stderr } = child;
    if (stderr === null) throw new Error('no stderr');
    stderr.setEncoding('utf8');
    await new Promise<void>((resolve, reject) => {
      stderr.on('data', (text: string) => {
        this.stderr += text;
        if (text.includes('"ready"')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`ended with ${code}: ${this.stderr}`)));
    });
  }

  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return child?.exitCode ?? null;
    const [code] = await once(child, 'exit');
    return code as number | null;
  }

  async remove(): Promise<void> {
    if (this.#child !== undefined) await this.kill('SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
