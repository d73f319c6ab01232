import type { Controller } from '../controller.js';
import type { Disk } from '../disk.js';
import { diskIndex } from './disks.js';

/** Puts `it` before the first of its kind that comes after it, else at the end. */
function insert<T>(
  list: T[],
  it: T,
  sameKind: (a: T, b: T) => boolean,
  isAfter: (a: T, b: T) => boolean,
): void {
  let at = -1;
  for (let i = list.length - 1; i >= 0; i--) {
    const other = list[i];
    if (other === undefined || !sameKind(other, it)) continue;
    if (isAfter(other, it)) at = i;
    else if (at === -1) at = i + 1;
    if (!isAfter(other, it)) break;
  }
  if (at === -1) list.push(it);
  else list.splice(at, 0, it);
}

/** Disks of one bus in the order of their names; buses in the order in which they first come. */
export function orderDisks(disks: readonly Disk[]): readonly Disk[] {
  const ordered: Disk[] = [];
  for (const disk of disks) {
    insert(
      ordered,
      disk,
      (a, b) => a.target.bus === b.target.bus,
      (a, b) => (diskIndex(a.target.dev) ?? 0) > (diskIndex(b.target.dev) ?? 0),
    );
  }
  return ordered;
}

/** Controllers of one kind in the order of their indexes. */
export function orderControllers(controllers: readonly Controller[]): readonly Controller[] {
  const ordered: Controller[] = [];
  for (const it of controllers) {
    insert(
      ordered,
      it,
      (a, b) => a.type === b.type,
      (a, b) => (a.index ?? 0) > (b.index ?? 0),
    );
  }
  return ordered;
}
