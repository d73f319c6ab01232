import { execFile } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const CALL_MS = 300_000;

/** Debian's packages, to be looked up and downloaded; nothing is installed. */
export interface Apt {
  cache(...words: string[]): Promise<string>;
  /** Downloads packages into a folder. */
  download(names: readonly string[], folder: string): Promise<void>;
}

/**
 * Packages as the machine's own lists have them. Where those do not know `name` (images for containers come without lists), with
 * new ones below `folder`, which needs no right to change the machine's.
 *
 * @throws Error when no mirror has it
 */
export async function aptThatKnows(name: string, folder: string): Promise<Apt> {
  const machines = aptWith([]);
  if (await knows(machines, name)) return machines;
  const lists = join(folder, 'lists');
  const cache = join(folder, 'cache');
  for (const path of [lists, cache]) {
    await mkdir(join(path, 'partial'), { recursive: true });
    await chmod(path, 0o755);
  }
  const options = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${cache}`];
  await execute('apt-get', [...options, '-q', 'update'], { timeout: CALL_MS });
  const own = aptWith(options);
  if (await knows(own, name)) return own;
  throw new Error(`no package mirror of this machine has ${name}`);
}

function aptWith(options: readonly string[]): Apt {
  return {
    async cache(...words) {
      const { stdout } = await execute('apt-cache', [...options, ...words], {
        timeout: CALL_MS,
        maxBuffer: 1 << 26,
      });
      return stdout;
    },
    async download(names, folder) {
      await execute('apt-get', [...options, '-q', 'download', ...names], { cwd: folder, timeout: CALL_MS });
    },
  };
}

async function knows(apt: Apt, name: string): Promise<boolean> {
  return /Candidate: (?!\(none\))/.test(await apt.cache('policy', name));
}
