import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const repository = join(import.meta.dirname, '../../..');
const LEFT_OUT = new Set(['.git', '.run', '.cache', '.nx', 'dist', 'build', 'golden', 'docs']);

/** A copy of the sources in which violations are planted; what is installed is shared with the checkout. */
export class CheckoutCopy {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
    cpSync(repository, directory, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => {
        const inside = relative(repository, path);
        return inside !== 'node_modules' && !LEFT_OUT.has(inside.split('/').at(-1) ?? '');
      },
    });
    symlinkSync(join(repository, 'node_modules'), join(directory, 'node_modules'));
  }

  plant(path: string, text: string): void {
    const full = join(this.directory, path);
    if (existsSync(full)) throw new Error(`${path} is there already`);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  }

  /** What a tool of the checkout says about the copy, whether it likes it or not. */
  run(tool: string, args: readonly string[]): Promise<string> {
    const file = join(repository, 'node_modules/.bin', tool);
    const options = { cwd: this.directory, maxBuffer: 1 << 28, timeout: 120_000 };
    return new Promise((resolve, reject) => {
      execFile(file, args, options, (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve(stdout === '' ? stderr : stdout);
      });
    });
  }

  /** The folders whose code is pure: every layer of core but the uppermost, and every daemon's plan. */
  pureFolders(): readonly string[] {
    const impure = ['adapters', 'daemon', 'testing'];
    const folders = (path: string) =>
      readdirSync(join(this.directory, path), { withFileTypes: true }).filter((it) => it.isDirectory());
    const layers = folders('packages/core/src').filter(({ name }) => !impure.includes(name));
    const plans = folders('packages').filter(({ name }) =>
      existsSync(join(this.directory, 'packages', name, 'src/plan')),
    );
    return [
      ...layers.map(({ name }) => `packages/core/src/${name}`),
      ...plans.map(({ name }) => `packages/${name}/src/plan`),
    ];
  }
}
