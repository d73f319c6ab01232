import { VirError } from '../errors/vir-error.js';
import { expectRoot } from '../xml/element.js';
import { attributeOf, childrenOf, type XmlElement } from '../xml/node.js';
import { readXml } from '../xml/reader.js';

/** What the instruction `cpuid` answered for one leaf and sub-leaf, or what an MSR holds. */
export type CpuRegisters =
  | {
      readonly type: 'cpuid';
      readonly leaf: number;
      readonly subleaf: number;
      /** eax, ebx, ecx, edx */
      readonly values: readonly [number, number, number, number];
    }
  | { readonly type: 'msr'; readonly index: number; readonly eax: number; readonly edx: number };

/** One register set for each leaf that the CPU answered. */
export type CpuData = readonly CpuRegisters[];

/** Names the place of a leaf or MSR. */
export function placeOf(registers: CpuRegisters): string {
  return registers.type === 'msr' ? `msr ${registers.index}` : `${registers.leaf} ${registers.subleaf}`;
}

export function valuesOf(registers: CpuRegisters): readonly [number, number, number, number] {
  return registers.type === 'msr' ? [registers.eax, 0, 0, registers.edx] : registers.values;
}

/** `<cpuid …/>` or `<msr …/>`. */
export function readRegisters(node: XmlElement): CpuRegisters {
  const number = (name: string): number => Number(attributeOf(node, name) ?? 0) >>> 0;
  if (node.name === 'msr') {
    return { type: 'msr', index: number('index'), eax: number('eax'), edx: number('edx') };
  }
  const values = [number('eax'), number('ebx'), number('ecx'), number('edx')] as const;
  return { type: 'cpuid', leaf: number('eax_in'), subleaf: number('ecx_in'), values };
}

/** @throws VirError when it is no `<cpudata>` */
export function parseCpuData(text: string): CpuData {
  const root = expectRoot(readXml(text, { source: 'CPU_data', domain: 'CPU' }), 'cpudata');
  const items = [...childrenOf(root, 'cpuid'), ...childrenOf(root, 'msr')];
  if (items.length === 0) throw VirError.of('INTERNAL_ERROR', 'no x86 CPU data found', { domain: 'CPU' });
  return items.map(readRegisters);
}

/** Family, model and stepping as the vendors number them. */
export interface CpuSignature {
  readonly family: number;
  readonly model: number;
  readonly stepping: number;
}

/** From register eax of leaf 1: a family of 15 and a model of families 6 and 15 have an extension elsewhere. */
export function signatureOf(eax: number): CpuSignature {
  const base = (eax >>> 8) & 0xf;
  const family = base === 0xf ? base + ((eax >>> 20) & 0xff) : base;
  const model = ((eax >>> 12) & 0xf0) | ((eax >>> 4) & 0xf);
  return { family, model, stepping: eax & 0xf };
}

/** The twelve letters that a vendor's CPUs answer with to leaf 0. */
export function vendorRegisters(text: string): CpuRegisters {
  const word = (at: number): number =>
    [...text.slice(at, at + 4)].reduce((sum, it, index) => sum | (it.charCodeAt(0) << (8 * index)), 0) >>> 0;
  return { type: 'cpuid', leaf: 0, subleaf: 0, values: [0, word(0), word(8), word(4)] };
}
