import type { Domain } from '@modvirt/core/schema';
import type { Assembly } from '../assembly.js';
import { findMachine } from '../definition/machine.js';
import { addMemoryBackend } from './memory-backend.js';
import { options } from './options.js';

const MiB = 1024n;

export function hasNvdimm(domain: Domain): boolean {
  return domain.devices.memories.some((it) => it.model === 'nvdimm');
}

/** Whether RAM is made of one back end for each NUMA cell. */
export function needsNumaBackends(to: Assembly): boolean {
  return (to.domain.cpu?.numa?.cells.length ?? 0) > 0;
}

/** What the guest boots with, in KiB: without the memory devices. */
export function initialMemory(domain: Domain): bigint {
  const devices = domain.devices.memories.reduce((sum, it) => sum + it.target.size, 0n);
  return domain.memory.sizeKiB - devices;
}

/** `-m`, and the RAM of machines without NUMA cells. */
export function addMemory(to: Assembly): void {
  const { domain } = to;
  const size = initialMemory(domain);
  const max = domain.maxMemory;
  to.out.option(
    'm',
    options(
      ['size', `${(size / MiB) * MiB}k`],
      ['slots', max === undefined || max.slots === 0 ? undefined : max.slots],
      ['maxmem', max === undefined ? undefined : `${max.sizeKiB}k`],
    ),
  );
  if (needsNumaBackends(to)) return;
  const id = findMachine(to.cx.caps, domain)?.defaultRamId;
  if (id !== undefined) addMemoryBackend(to, { id, sizeKiB: size, cell: undefined, isDefaultRam: true });
}

/** `-overcommit`: whether the host may swap the guest out. */
export function addOvercommit(to: Assembly): void {
  const locked = to.domain.memoryBacking?.locked === true;
  to.out.option('overcommit', options(['mem-lock', locked]));
}

export { MiB };
