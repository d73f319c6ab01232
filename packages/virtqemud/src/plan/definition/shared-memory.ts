import type { Domain } from '@modvirt/core/schema';

/** Whether other processes of the host can see all of the guest's memory. */
export function sharesMemory(domain: Domain): boolean {
  if (domain.memoryBacking?.access === 'shared') return true;
  const cells = domain.cpu?.numa?.cells ?? [];
  return cells.length > 0 && cells.every((it) => it.memAccess === 'shared');
}
