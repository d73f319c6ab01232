/** Registers side by side, four words for each leaf or MSR that the map knows: what a CPU has, bit by bit. */
export type CpuWords = Uint32Array;

/** Whether all of `part` is in `whole`. */
export function contains(whole: CpuWords, part: CpuWords): boolean {
  return part.every((word, at) => ((whole[at] ?? 0) & word) >>> 0 === word);
}

export function isEmpty(words: CpuWords): boolean {
  return words.every((word) => word === 0);
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

/** The bits of one feature: few, in one word or two. */
export type CpuBits = readonly { readonly at: number; readonly mask: number }[];

export function bitsOf(words: CpuWords): CpuBits {
  return [...words].map((mask, at) => ({ at, mask })).filter(({ mask }) => mask !== 0);
}

export function hasBits(words: CpuWords, bits: CpuBits): boolean {
  return bits.length > 0 && bits.every(({ at, mask }) => ((words[at] ?? 0) & mask) >>> 0 === mask);
}
