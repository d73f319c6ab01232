import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { repository } from '../checks/part.js';

const run = promisify(execFile);
const CALL_MS = 300_000;
const FIRST_SECONDS = 60;

/** Builds the C client. @returns its path */
export async function buildClient(directory: string): Promise<string> {
  if (!existsSync('/usr/include/libvirt/libvirt.h'))
    throw new Error('the client is built against libvirt-dev, which is not installed');
  const client = join(directory, 'client');
  const source = join(repository, 'tools/src/bench/client.c');
  await run('cc', ['-O2', '-Wall', '-o', client, source, '-lvirt', '-lpthread']);
  return client;
}

/** What the client prints: `value`, and what else the command has. */
export type Figures = { readonly [name: string]: number };

export class Client {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Runs one command of the client. @throws Error with what it says when it fails */
  async ask(uri: string, ...words: readonly (string | number)[]): Promise<Figures> {
    const { stdout } = await run(this.#file, [uri, ...words.map(String)], { timeout: CALL_MS });
    return JSON.parse(stdout) as Figures;
  }

  /** Milliseconds from `launch` to an open connection, and to the number of inactive domains. */
  async first(
    uri: string,
    launch: () => void,
  ): Promise<{ openMs: number; countedMs: number; count: number }> {
    const child = spawn(this.#file, [uri, 'first', String(FIRST_SECONDS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: CALL_MS,
    });
    const closed = once(child, 'close');
    let startedMs = Number.NaN;
    let last = '';
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === 'waiting') {
        startedMs = Number(process.hrtime.bigint()) / 1e6;
        launch();
      } else last = line;
    }
    await closed;
    if (last === '') throw new Error('nobody answered the first client');
    const { value = Number.NaN, counted = Number.NaN, count = 0 } = JSON.parse(last) as Figures;
    return { openMs: value - startedMs, countedMs: counted - startedMs, count };
  }
}

/** Debian's virsh, for what is prepared and not measured. @returns what it prints */
export async function virsh(uri: string, ...words: readonly string[]): Promise<string> {
  const { stdout } = await run('virsh', ['-q', '-c', uri, ...words], {
    timeout: CALL_MS,
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
  });
  return stdout.trim();
}
