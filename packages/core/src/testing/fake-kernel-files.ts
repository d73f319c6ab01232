import type { CgroupFiles } from '../ports/kernel-files.js';

/** A kernel that says what it is told to; `written` holds what was written to it. */
export class FakeKernelFiles implements CgroupFiles {
  readonly written = new Map<string, string>();
  /** Directories that were made and not removed. */
  readonly directories = new Set<string>();
  readonly #texts: ReadonlyMap<string, string>;

  constructor(texts: Readonly<Record<string, string>>) {
    this.#texts = new Map(Object.entries(texts));
  }

  async text(path: string): Promise<string | undefined> {
    return (this.written.get(path) ?? this.#texts.get(path))?.trim();
  }

  async names(directory: string): Promise<readonly string[]> {
    const start = `${directory}/`;
    const below = [...this.#texts.keys()].filter((path) => path.startsWith(start));
    return [...new Set(below.map((path) => path.slice(start.length).split('/')[0] ?? ''))];
  }

  async exists(path: string): Promise<boolean> {
    return this.#texts.has(path) || this.directories.has(path) || (await this.names(path)).length > 0;
  }

  async write(path: string, text: string): Promise<void> {
    const isMade = this.directories.has(path.slice(0, path.lastIndexOf('/')));
    if (!this.#texts.has(path) && !isMade) {
      const refusal = { code: 'ENOENT', errno: -2, syscall: 'open', path };
      throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), refusal);
    }
    this.written.set(path, text);
  }

  async makeDirectory(path: string): Promise<boolean> {
    const isNew = !this.directories.has(path) && !(await this.exists(path));
    this.directories.add(path);
    return isNew;
  }

  async removeDirectory(path: string): Promise<boolean> {
    return this.directories.delete(path);
  }
}
