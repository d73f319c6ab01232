import type { KernelFiles } from '../../ports/kernel-files.js';
import { CPU_DIRECTORY, NODE_DIRECTORY } from './host-reader.js';

/** What can only change when processors or memory come and go. */
const STEADY =
  /\/(?:topology\/|cache\/|memory_side_cache|distance$|cpulist$|hugepages$)|^\/sys\/fs\/resctrl\//;
const SIGNS = new Set([`${CPU_DIRECTORY}/online`, `${CPU_DIRECTORY}/present`, `${NODE_DIRECTORY}/online`]);

/**
 * Remembers what does not change while the same processors and nodes are online: where they sit, their caches and distances.
 * Which are online is read each time, and first.
 */
export class SteadyKernelFiles implements KernelFiles {
  readonly #kernel: KernelFiles;
  readonly #signs = new Map<string, string | undefined>();
  readonly #texts = new Map<string, Promise<string | undefined>>();
  readonly #names = new Map<string, Promise<readonly string[]>>();

  constructor(kernel: KernelFiles) {
    this.#kernel = kernel;
  }

  async text(path: string): Promise<string | undefined> {
    if (STEADY.test(path)) return remembered(this.#texts, path, () => this.#kernel.text(path));
    const text = await this.#kernel.text(path);
    if (SIGNS.has(path)) this.#note(path, text);
    return text;
  }

  async names(directory: string): Promise<readonly string[]> {
    if (!STEADY.test(`${directory}/`) && !STEADY.test(directory)) return this.#kernel.names(directory);
    return remembered(this.#names, directory, () => this.#kernel.names(directory));
  }

  exists(path: string): Promise<boolean> {
    return this.#kernel.exists(path);
  }

  write(path: string, text: string): Promise<void> {
    return this.#kernel.write(path, text);
  }

  #note(path: string, text: string | undefined): void {
    if (this.#signs.has(path) && this.#signs.get(path) !== text) {
      this.#texts.clear();
      this.#names.clear();
    }
    this.#signs.set(path, text);
  }
}

/** A question that failed is asked again. */
function remembered<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  answer.catch(() => known.delete(key));
  return answer;
}
