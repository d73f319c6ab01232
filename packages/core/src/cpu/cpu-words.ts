/** Registers side by side, four words for each leaf or MSR that the map knows: what a CPU has, bit by bit. */
export type CpuWords = Uint32Array;

/** Whether all of `part` is in `whole`. */
export function contains(whole: CpuWords, part: CpuWords): boolean {
  return part.every((word, at) => ((whole[at] ?? 0) & word) >>> 0 === word);
}

export function isEmpty(words: CpuWords): boolean {
  return words.every((word) => word === 0);
}

export function overlaps(one: CpuWords, other: CpuWords): boolean {
  return one.some((word, at) => (word & (other[at] ?? 0)) !== 0);
}

export function union(one: CpuWords, other: CpuWords): CpuWords {
  return one.map((word, at) => word | (other[at] ?? 0));
}

export function without(one: CpuWords, other: CpuWords): CpuWords {
  return one.map((word, at) => word & ~(other[at] ?? 0));
}

export function intersection(one: CpuWords, other: CpuWords): CpuWords {
  return one.map((word, at) => word & (other[at] ?? 0));
}
