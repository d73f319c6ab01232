import type { Domain } from '@modvirt/core/schema';

/** The numbers of all I/O threads; those that are only counted have the lowest that are free. */
export function iothreadNumbers({ iothreads = 0, iothreadids }: Domain): ReadonlySet<number> {
  const numbers = new Set(iothreadids.map((it) => it.id));
  for (let id = 1; numbers.size < iothreads; id++) numbers.add(id);
  return numbers;
}
