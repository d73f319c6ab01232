import { VirError } from '@modvirt/core/errors';
import type { DomainDraft } from './draft.js';
import { isPseries } from './machine.js';

const MiB = 1024n;
/** Sizes in bytes are signed 64-bit numbers. */
const MAX_KIB = 2n ** 53n - 1n;

/** What sizes of memory are multiples of, in KiB. */
function alignmentOf(domain: DomainDraft): bigint {
  if (isPseries(domain)) return 256n * MiB;
  return MiB;
}

/** The same for modules, in KiB. */
function moduleAlignmentOf(domain: DomainDraft): bigint {
  return isPseries(domain) ? 256n * MiB : 2n * MiB;
}

function roundUp(value: bigint, step: bigint): bigint {
  return ((value + step - 1n) / step) * step;
}

/** Makes the sizes of RAM, NUMA cells and memory devices such as QEMU takes them. */
export function alignMemory(domain: DomainDraft): void {
  const step = alignmentOf(domain);
  const devices = domain.devices.memories;
  const cells = domain.cpu?.numa?.cells ?? [];
  const hotplug = devices.reduce((sum, it) => sum + it.target.size, 0n);
  for (const [at, cell] of cells.entries()) {
    cell.memory = roundUp(cell.memory, step);
    if (cell.memory <= MAX_KIB) continue;
    throw VirError.of('CONFIG_UNSUPPORTED', `memory size of NUMA node '${at}' overflowed after alignment`);
  }
  const initial =
    cells.length > 0
      ? cells.reduce((sum, it) => sum + it.memory, 0n)
      : roundUp(domain.memory.sizeKiB - hotplug, step);
  for (const device of devices) {
    device.target.size = roundUp(device.target.size, moduleAlignmentOf(domain));
  }
  domain.memory.sizeKiB = initial + devices.reduce((sum, it) => sum + it.target.size, 0n);
  if (domain.maxMemory !== undefined) domain.maxMemory.sizeKiB = roundUp(domain.maxMemory.sizeKiB, step);
}
