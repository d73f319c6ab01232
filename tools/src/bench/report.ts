import type { Contender } from './contender.js';
import { type Row, type RowName, rows } from './rows.js';

/** All rounds of one row on one side. */
export type Samples = Map<RowName, Partial<Record<Contender['name'], number[]>>>;

export interface Figure {
  readonly median: number;
  /** The best round: least time, or most per second. */
  readonly best: number;
  readonly rounds: readonly number[];
}

export interface RowResult {
  readonly row: RowName;
  readonly title: string;
  readonly unit: Row['unit'];
  readonly ours?: Figure;
  readonly libvirtd?: Figure;
  /** How many times better ours is, by the medians: below 1 where libvirtd is ahead. */
  readonly ratio?: number;
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** One result for each row that was measured. */
export function summarize(samples: Samples): RowResult[] {
  return rows.flatMap((row) => {
    const sides = samples.get(row.name);
    if (sides === undefined) return [];
    const ours = figure(row, sides.ours);
    const libvirtd = figure(row, sides.libvirtd);
    return [
      {
        row: row.name,
        title: row.title,
        unit: row.unit,
        ...(ours && { ours }),
        ...(libvirtd && { libvirtd }),
        ...(ours && libvirtd && { ratio: ratioOf(row, ours.median, libvirtd.median) }),
      },
    ];
  });
}

function figure(row: Row, rounds: readonly number[] | undefined): Figure | undefined {
  if (rounds === undefined || rounds.length === 0) return undefined;
  const best = row.better === 'more' ? Math.max(...rounds) : Math.min(...rounds);
  return { median: median(rounds), best, rounds };
}

// A time above the bare QEMU may be nothing, or less.
function ratioOf(row: Row, ours: number, theirs: number): number {
  return row.better === 'more' ? ours / theirs : theirs / Math.max(ours, 0.1);
}

/** The results as a table for people. */
export function table(results: readonly RowResult[]): string {
  const head = ['', 'ours', 'best', 'libvirtd', 'best', 'ratio'];
  const lines = results.map(({ row, title, unit, ours, libvirtd, ratio }) => [
    `${row.padEnd(13)} ${title}, ${unit}`,
    ...[ours, libvirtd].flatMap((side) => [written(side?.median), written(side?.best)]),
    ratio === undefined ? '-' : `${ratio.toFixed(2)} ×`,
  ]);
  return [head, ...lines]
    .map(([name = '', ...cells]) => name.padEnd(54) + cells.map((cell) => cell.padStart(10)).join(''))
    .join('\n');
}

function written(value: number | undefined): string {
  if (value === undefined) return '-';
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}
