import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const repository = join(import.meta.dirname, '../../..');

const ENTRIES = {
  virtproxyd: join(repository, 'packages/virtproxyd/src/main.ts'),
  virtqemud: join(import.meta.dirname, 'plain-hypervisor/main.ts'),
} as const;

type Program = keyof typeof ENTRIES;

/** The proxy and a plain hypervisor behind it, built as daemons are built, on a root of their own. */
export class ProxyStack {
  readonly root: string;
  readonly #directory: string;
  readonly #running = new Map<Program, ChildProcess>();
  stderr = '';

  private constructor(directory: string) {
    this.#directory = directory;
    this.root = join(directory, 'root');
  }

  static async build(): Promise<ProxyStack> {
    const directory = mkdtempSync(join(tmpdir(), 'modvirt-proxy-'));
    await build({
      entryPoints: ENTRIES,
      outdir: directory,
      outExtension: { '.js': '.cjs' },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      logLevel: 'error',
      define: { 'import.meta.url': 'importMetaUrl' },
      banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    });
    copyFileSync(join(repository, 'packages/native/build/modvirt.node'), join(directory, 'modvirt.node'));
    return new ProxyStack(directory);
  }

  get socket(): string {
    return join(this.root, 'run/libvirt/libvirt-sock');
  }

  get adminSocket(): string {
    return join(this.root, 'run/libvirt/libvirt-admin-sock');
  }

  get uri(): string {
    return `qemu:///system?socket=${this.socket}`;
  }

  pidOf(program: Program): number {
    const pid = this.#running.get(program)?.pid;
    if (pid === undefined) throw new Error(`${program} does not run`);
    return pid;
  }

  /** Writes virtproxyd.conf for the next start. */
  configure(text: string): void {
    mkdirSync(join(this.root, 'etc/libvirt'), { recursive: true });
    writeFileSync(join(this.root, 'etc/libvirt/virtproxyd.conf'), text);
  }

  /** Starts both; resolves when they serve. */
  async up(): Promise<void> {
    await this.start('virtqemud');
    await this.start('virtproxyd');
  }

  async start(program: Program): Promise<void> {
    const args = [join(this.#directory, `${program}.cjs`), '--root', this.root, '--verbose'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#running.set(program, child);
    child.stderr.setEncoding('utf8');
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (text: string) => {
        this.stderr += text;
        if (text.includes('"ready"')) resolve();
      });
      child.once('exit', (code) => reject(new Error(`${program} ended with ${code}: ${this.stderr}`)));
    });
  }

  async stop(program: Program, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#running.get(program);
    this.#running.delete(program);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async down(): Promise<void> {
    await this.stop('virtproxyd');
    await this.stop('virtqemud');
    rmSync(this.root, { recursive: true, force: true });
  }

  async remove(): Promise<void> {
    await this.down();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
