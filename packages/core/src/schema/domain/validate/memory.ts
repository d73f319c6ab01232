import { VirError } from '../../../errors/vir-error.js';
import type { MemoryDevice } from '../memory-device.js';
import type { Domain } from '../post-parse/filled-domain.js';

const MIN_LABEL_KIB = 128n;

/** @throws VirError for sizes of memory that contradict each other, or pages and sources that exclude each other */
export function validateMemory(domain: Domain): void {
  checkTotals(domain);
  checkBacking(domain);
  for (const device of domain.devices.memories) checkDevice(device);
}

/** With cells, what is not in a device is in them. */
function checkTotals({ devices, memory, cpu }: Domain): void {
  if ((cpu?.numa?.cells.length ?? 0) > 0) return;
  const plugged = devices.memories.reduce((sum, it) => sum + it.target.size, 0n);
  if (plugged > memory.sizeKiB) {
    throw VirError.of('XML_ERROR', 'Total size of memory devices exceeds the total memory size');
  }
}

function checkBacking({ memoryBacking }: Domain): void {
  if (memoryBacking?.hugepages === undefined) return;
  if (memoryBacking.allocation?.mode === 'ondemand') {
    throw VirError.of('CONFIG_UNSUPPORTED', 'hugepages are not allowed with memory allocation ondemand');
  }
  if (memoryBacking.source === 'anonymous') {
    throw VirError.of('CONFIG_UNSUPPORTED', 'hugepages are not allowed with anonymous memory source');
  }
}

function checkDevice({ model, target }: MemoryDevice): void {
  if (model === 'nvdimm' && target.label !== undefined && target.label < MIN_LABEL_KIB) {
    throw VirError.of('XML_ERROR', 'nvdimm label must be at least 128KiB');
  }
  if (model !== 'virtio-mem') return;
  const { requested, block, size } = target;
  if (requested !== undefined && requested > size) {
    throw VirError.of('XML_DETAIL', `requested size must be smaller than or equal to @size (${size}KiB)`);
  }
  if (block !== undefined && (block & (block - 1n)) !== 0n) {
    throw VirError.of('XML_DETAIL', 'block size must be a power of two');
  }
}
