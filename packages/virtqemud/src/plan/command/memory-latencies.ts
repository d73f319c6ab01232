import type { Domain } from '@modvirt/core/schema';

/** Whether the guest is told how fast its memory is. */
export function hasHmat(domain: Domain): boolean {
  const numa = domain.cpu?.numa;
  if (numa === undefined) return false;
  return numa.interconnects !== undefined || numa.cells.some((cell) => cell.caches.length > 0);
}
