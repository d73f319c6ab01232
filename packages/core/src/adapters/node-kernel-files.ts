import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { type Clock, withDeadline } from '../ports/clock.js';
import type { KernelFiles } from '../ports/kernel-files.js';
import { isSystemError } from './native-error.js';

const ANSWER_MS = 2000;

/** Files of the kernel through Node's file functions. */
export class NodeKernelFiles implements KernelFiles {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async text(path: string): Promise<string | undefined> {
    return orUndefined(this.#ask(path, (signal) => readFile(path, { encoding: 'utf8', signal }))).then(
      (content) => content?.trim(),
    );
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

  #ask<T>(path: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withDeadline(this.#clock, { what: `reading ${path}`, timeoutMs: ANSWER_MS }, work);
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
