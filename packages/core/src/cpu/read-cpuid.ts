import type { CpuData, CpuRegisters } from './cpu-data.js';

/** The instruction `cpuid`: eax, ebx, ecx, edx; undefined on processors that have none. */
export type Cpuid = (leaf: number, subleaf: number) => readonly [number, number, number, number] | undefined;

type Answer = Extract<CpuRegisters, { readonly type: 'cpuid' }>;

const EXTENDED = 0x80000000;
/** More than any processor has; one that answers nonsense does not keep us here. */
const MOST_LEAVES = 64;

/** All that a processor says of itself. Empty where it has no such instruction. */
export function readCpuid(cpuid: Cpuid): CpuData {
  const ask = (leaf: number, subleaf: number): Answer | undefined => {
    const values = cpuid(leaf, subleaf);
    return values === undefined ? undefined : { type: 'cpuid', leaf, subleaf, values };
  };
  return [0, EXTENDED].flatMap((base) => {
    const last = ask(base, 0)?.values[0] ?? 0;
    const count = last < base ? 0 : Math.min(last - base + 1, MOST_LEAVES);
    return Array.from({ length: count }, (_, index) => base + index).flatMap((leaf) =>
      leafAnswers(ask, leaf),
    );
  });
}

type Ask = (leaf: number, subleaf: number) => Answer | undefined;

function leafAnswers(ask: Ask, leaf: number): readonly Answer[] {
  const first = ask(leaf, 0);
  if (first === undefined) return [];
  return [
    first,
    ...furtherSubleaves(ask, first)
      .map((it) => ask(leaf, it))
      .filter((it) => it !== undefined),
  ];
}

/** Which sub-leaves there are depends on the leaf; only those that features are told by are asked. */
function furtherSubleaves(ask: Ask, { leaf, values }: Answer): readonly number[] {
  const [eax, ebx, , edx] = values;
  switch (leaf) {
    case 0x07:
    case 0x14:
      return upTo(eax);
    case 0x0d:
      return [1];
    case 0x0f:
      return bitsOf(edx);
    case 0x10:
      return bitsOf(ebx);
    case 0x12:
      return ((ask(7, 0)?.values[1] ?? 0) & 4) === 0 ? [] : [1];
    default:
      return [];
  }
}

function upTo(last: number): readonly number[] {
  return Array.from({ length: Math.min(last, MOST_LEAVES) }, (_, index) => index + 1);
}

function bitsOf(word: number): readonly number[] {
  return Array.from({ length: 31 }, (_, index) => index + 1).filter((bit) => (word & (1 << bit)) !== 0);
}
