import { VirError } from '@modvirt/core/errors';
import type { DomainDraft } from '../definition/draft.js';

const LOCAL_DISTANCE = 10;
const REMOTE_DISTANCE = 20;

type Cells = NonNullable<NonNullable<DomainDraft['cpu']>['numa']>['cells'];

/** Processors that no cell names belong to the first one. */
function placeOthers({ vcpu }: DomainDraft, cells: Cells): void {
  const [first] = cells;
  const placed = new Set(cells.flatMap((it) => it.cpus ?? []));
  if (first === undefined || placed.size === 0) return;
  const others = Array.from({ length: vcpu.count }, (_, at) => at).filter((it) => !placed.has(it));
  if (others.length > 0) first.cpus = [...(first.cpus ?? []), ...others].sort((a, b) => a - b);
}

/** Numbers of NUMA cells, and how far each is from all others once that is said of any. */
export function fillNuma(domain: DomainDraft): void {
  const cells = domain.cpu?.numa?.cells;
  if (cells === undefined) return;
  for (const [at, cell] of cells.entries()) cell.id ??= at;
  cells.sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
  if (cells.some((cell, at) => cell.id !== at)) {
    throw VirError.of(
      'XML_ERROR',
      "Exactly one 'cell' element per guest NUMA cell allowed, non-contiguous ranges or ranges " +
        'not starting from 0 are not allowed',
    );
  }
  placeOthers(domain, cells);
  if (cells.every((it) => it.distances.length === 0)) return;
  const distance = (from: number, to: number) => cells[from]?.distances.find((it) => it.id === to)?.value;
  const all = cells.map((_, from) =>
    cells.map((__, to) => {
      if (from === to) return LOCAL_DISTANCE;
      return distance(from, to) ?? distance(to, from) ?? REMOTE_DISTANCE;
    }),
  );
  for (const [from, cell] of cells.entries()) {
    cell.distances = (all[from] ?? []).map((value, id) => ({ id, value }));
  }
}
