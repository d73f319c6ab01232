import { open, rename, stat } from 'node:fs/promises';
import type { Files } from '../ports/files.js';
import type { GuestLogs } from '../ports/guest-logs.js';
import { hasCode } from './native-error.js';

/** As virtlogd keeps logs by default. */
const MAX_BYTES = 2 * 1024 * 1024;
const BACKUPS = 3;
/** How much of a log an error may hold. */
const TAIL_BYTES = 8192;

/** Logs in one directory, `NAME.log` each; a full one becomes `NAME.log.0` before the next start writes to it. */
export class RotatingGuestLogs implements GuestLogs {
  readonly #directory: string;
  readonly #files: Files;

  constructor(directory: string, files: Files) {
    this.#directory = directory;
    this.#files = files;
  }

  path(name: string): string {
    return `${this.#directory}/${name}.log`;
  }

  async open(name: string): Promise<number> {
    await this.#files.ensureDirectory(this.#directory, { mode: 0o755 });
    return this.#files.openToAppend(this.path(name), { mode: 0o600 });
  }

  async write(name: string, text: string): Promise<number> {
    await this.#files.ensureDirectory(this.#directory, { mode: 0o755 });
    await this.#rotate(this.path(name));
    const file = await open(this.path(name), 'a', 0o600);
    try {
      const { size } = await file.stat();
      await file.appendFile(text);
      return size;
    } finally {
      await file.close();
    }
  }

  async readFrom(name: string, offset: number): Promise<string> {
    const file = await open(this.path(name), 'r');
    try {
      const { size } = await file.stat();
      const start = Math.max(offset, size - TAIL_BYTES);
      const bytes = new Uint8Array(Math.max(0, size - start));
      await file.read(bytes, 0, bytes.length, start);
      return new TextDecoder().decode(bytes);
    } finally {
      await file.close();
    }
  }

  async remove(name: string): Promise<void> {
    const path = this.path(name);
    await this.#files.remove(path);
    for (let number = 0; number < BACKUPS; number++) await this.#files.remove(`${path}.${number}`);
  }

  async #rotate(path: string): Promise<void> {
    if ((await sizeOf(path)) < MAX_BYTES) return;
    for (let number = BACKUPS - 2; number >= 0; number--)
      await renameIfThere(`${path}.${number}`, `${path}.${number + 1}`);
    await renameIfThere(path, `${path}.0`);
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
