import type { Assembly } from '../assembly.js';
import { findMachine } from '../definition/machine.js';
import type { GuestCpu } from '../definition/types.js';
import { addMemoryBackend, needsBackend } from './memory-backend.js';
import { hasHmat } from './memory-latencies.js';
import { type OptionPart, options } from './options.js';

type Numa = NonNullable<GuestCpu['numa']>;
type Cell = Numa['cells'][number];

const KIB_IN_MIB = 1024n;

/** `-numa`: cells with their processors and memory, and how far they are from one another. */
export function addNuma(to: Assembly): void {
  const numa = to.domain.cpu?.numa;
  if (numa === undefined || numa.cells.length === 0) return;
  const isOld = isToldBySize(to, numa);
  if (isOld && to.domain.memoryBacking?.allocation?.mode === 'immediate') to.out.option('mem-prealloc');
  for (const [index, cell] of numa.cells.entries()) {
    const memory = isOld ? oldMemory(cell) : backend(to, cell, index);
    const cpus = ranges(cell.cpus ?? []).map((it): OptionPart => ['cpus', it]);
    const initiator = hasHmat(to.domain) ? initiatorOf(numa, index) : undefined;
    to.out.option('numa', options('node', ['nodeid', index], ...cpus, ['initiator', initiator], memory));
  }
  for (const [from, cell] of numa.cells.entries()) {
    for (const { id, value } of cell.distances) {
      to.out.option('numa', options('dist', ['src', from], ['dst', id], ['val', value]));
    }
  }
  if (hasHmat(to.domain)) addLatencies(to, numa);
}

/** Machines of old tell cells by their sizes, unless more is to be said of some cell's memory. */
function isToldBySize(to: Assembly, numa: Numa): boolean {
  if (findMachine(to.cx.caps, to.domain)?.numaMemSupported !== true || hasHmat(to.domain)) return false;
  return numa.cells.every((_, index) => !needsBackend(to, index));
}

function oldMemory(cell: Cell): OptionPart {
  return ['mem', cell.memory / KIB_IN_MIB];
}

function backend(to: Assembly, cell: Cell, index: number): OptionPart {
  if (cell.memory === 0n) return ['memdev', undefined];
  const id = `ram-node${index}`;
  addMemoryBackend(to, { id, sizeKiB: cell.memory, cell: index });
  return ['memdev', id];
}

/** The cell whose processors reach a cell's memory best: its own, or the one that is said to be the fastest. */
function initiatorOf(numa: Numa, index: number): number | undefined {
  if ((numa.cells[index]?.cpus?.length ?? 0) > 0) return index;
  const toCell = (it: { readonly target: number; readonly cache?: number | undefined }) =>
    it.target === index && (it.cache ?? 0) === 0;
  const [fastest] = (numa.interconnects?.latencies ?? [])
    .filter(toCell)
    .toSorted((a, b) => Number(a.value - b.value));
  const [widest] = (numa.interconnects?.bandwidths ?? [])
    .filter(toCell)
    .toSorted((a, b) => Number(b.value - a.value));
  const first = numa.cells.findIndex((it) => (it.cpus?.length ?? 0) > 0);
  return fastest?.initiator ?? widest?.initiator ?? (first === -1 ? undefined : first);
}

const HIERARCHY = ['memory', 'first-level', 'second-level', 'third-level'];

/** How fast each cell's processors reach each memory, and its caches. */
function addLatencies(to: Assembly, { interconnects, cells }: Numa): void {
  for (const it of interconnects?.latencies ?? []) {
    to.out.option('numa', options(...relation(it, 'latency'), ['latency', it.value]));
  }
  for (const it of interconnects?.bandwidths ?? []) {
    to.out.option('numa', options(...relation(it, 'bandwidth'), ['bandwidth', scaled(it.value, it.unit)]));
  }
  for (const [index, cell] of cells.entries()) {
    for (const cache of cell.caches) {
      to.out.option(
        'numa',
        options(
          'hmat-cache',
          ['node-id', index],
          ['size', scaled(cache.size.value, cache.size.unit)],
          ['level', cache.level],
          ['associativity', cache.associativity === 'full' ? 'complex' : cache.associativity],
          ['policy', cache.policy.replace(/^write(?=back|through)/, 'write-')],
          ['line', scaled(cache.line.value, cache.line.unit)],
        ),
      );
    }
  }
}

interface Relation {
  readonly initiator: number;
  readonly target: number;
  readonly cache?: number | undefined;
  readonly type: string;
}

function relation({ initiator, target, cache, type }: Relation, what: string): readonly OptionPart[] {
  return [
    'hmat-lb',
    ['initiator', initiator],
    ['target', target],
    ['hierarchy', HIERARCHY[cache ?? 0]],
    ['data-type', `${type}-${what}`],
  ];
}

/** A size in the words of QEMU's options: `10 KiB` is `10K`. */
function scaled(value: bigint, unit: string | undefined): string {
  const [letter = ''] = unit ?? 'KiB';
  return letter.toUpperCase() === 'B' ? `${value}` : `${value}${letter.toUpperCase()}`;
}

/** Runs of numbers: `0-3`, `5`. */
function ranges(numbers: readonly number[]): readonly string[] {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`));
}
