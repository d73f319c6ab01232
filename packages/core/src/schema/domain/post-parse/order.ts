import type { Controller } from '../controller.js';
import type { Disk } from '../disk.js';
import { diskIndex } from './disks.js';

/** Keeps what belongs together side by side, groups in the order in which they first come, each sorted. */
function grouped<T>(
  list: readonly T[],
  keyOf: (it: T) => unknown,
  compare: (a: T, b: T) => number,
): readonly T[] {
  const groups = new Map<unknown, T[]>();
  for (const it of list) {
    const key = keyOf(it);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [it]);
    else group.push(it);
  }
  return [...groups.values()].flatMap((group) => group.sort(compare));
}

/** Disks of one bus in the order of their names. */
export function orderDisks(disks: readonly Disk[]): readonly Disk[] {
  const indexOf = (it: Disk): number => diskIndex(it.target.dev) ?? -1;
  return grouped(
    disks,
    (it) => it.target.bus,
    (a, b) => indexOf(a) - indexOf(b),
  );
}

/** Controllers of one kind in the order of their indexes, a USB master before its companions. */
export function orderControllers(controllers: readonly Controller[]): readonly Controller[] {
  const isCompanion = (it: Controller): number => (it.type === 'usb' && it.master !== undefined ? 1 : 0);
  return grouped(
    controllers,
    (it) => it.type,
    (a, b) => (a.index ?? 0) - (b.index ?? 0) || isCompanion(a) - isCompanion(b),
  );
}
