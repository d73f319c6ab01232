import type { KernelFiles } from '@modvirt/core/ports';
import type { Corpus } from './case.js';

/** A kernel whose /sys/devices/system and /sys/fs are folders of the corpus. */
export function corpusKernel(corpus: Corpus, folder: string): KernelFiles {
  const placeOf = (path: string): string | undefined => {
    if (path.startsWith('/sys/devices/system')) return path.replace('/sys/devices', folder);
    return path.startsWith('/sys/fs/resctrl') ? path.replace('/sys/fs', folder) : undefined;
  };
  const exists = (path: string): boolean => {
    const place = placeOf(path);
    return place !== undefined && corpus.has(place);
  };
  return {
    async text(path) {
      return exists(path) ? corpus.read(placeOf(path) ?? '').trim() : undefined;
    },
    async names(directory) {
      return exists(directory) ? corpus.list(placeOf(directory) ?? '') : [];
    },
    async exists(path) {
      return exists(path);
    },
    async write(path) {
      throw new Error(`nothing is written to ${path}`);
    },
  };
}
