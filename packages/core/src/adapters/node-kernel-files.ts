import { close, open, read } from 'node:fs';
import { access, mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Clock, withDeadline } from '../ports/clock.js';
import type { CgroupFiles } from '../ports/kernel-files.js';
import { hasCode, isSystemError } from './native-error.js';

const ANSWER_MS = 2000;

/** Files of the kernel through Node's file functions. */
export class NodeKernelFiles implements CgroupFiles {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async text(path: string): Promise<string | undefined> {
    return (await orUndefined(this.#ask(path, () => readWhole(path))))?.trim();
  }

  async names(directory: string): Promise<readonly string[]> {
    return (await orUndefined(this.#ask(directory, () => readdir(directory)))) ?? [];
  }

  async exists(path: string): Promise<boolean> {
    return (await orUndefined(this.#ask(path, () => access(path).then(() => true)))) ?? false;
  }

  write(path: string, text: string): Promise<void> {
    return this.#ask(path, (signal) => writeFile(path, text, { flag: 'w', signal }));
  }

  makeDirectory(path: string): Promise<boolean> {
    return this.#ask(path, () => unlessCode(mkdir(path), 'EEXIST'));
  }

  removeDirectory(path: string): Promise<boolean> {
    return this.#ask(path, () => unlessCode(rmdir(path), 'ENOENT'));
  }

  #ask<T>(path: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withDeadline(this.#clock, { what: `reading ${path}`, timeoutMs: ANSWER_MS }, work);
  }
}

const [openFile, readFile, closeFile] = [promisify(open), promisify(read), promisify(close)];

/** More than nearly all of these files hold. */
const PIECE_BYTES = 8192;

/** Three calls for a short file, where Node's own way takes six. */
async function readWhole(path: string): Promise<string> {
  const descriptor = await openFile(path, 'r');
  try {
    let text = Buffer.alloc(0);
    for (;;) {
      const { bytesRead, buffer } = await readFile(
        descriptor,
        Buffer.allocUnsafe(PIECE_BYTES),
        0,
        PIECE_BYTES,
        null,
      );
      text =
        text.length === 0
          ? buffer.subarray(0, bytesRead)
          : Buffer.concat([text, buffer.subarray(0, bytesRead)]);
      // Files of sysfs come whole; those of proc in pages.
      if (bytesRead === 0 || (bytesRead < PIECE_BYTES && path.startsWith('/sys/')))
        return text.toString('utf8');
    }
  } finally {
    await closeFile(descriptor);
  }
}

/** The kernel's refusal is an answer: it has nothing to say there. */
async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

/** Whether the work was done, rather than found to be done already. */
async function unlessCode(work: Promise<void>, code: string): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (hasCode(error, code)) return false;
    throw error;
  }
}
