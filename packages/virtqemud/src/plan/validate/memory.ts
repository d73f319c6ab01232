import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import { isX86 } from '../definition/machine.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for memory that lies nowhere, or on pages that are not there */
export function validateMemory(domain: Domain): void {
  checkHugepages(domain);
  checkHotplug(domain);
  checkNumatune(domain);
  for (const device of domain.devices.memories) {
    const node = 'node' in device.target ? device.target.node : undefined;
    const cells = domain.cpu?.numa?.cells.length ?? 0;
    const needsNode = device.model === 'dimm' || device.model === 'nvdimm' || device.model === 'virtio-mem';
    if (needsNode && cells > 0 && node === undefined) {
      throw unsupported('target NUMA node needs to be specified for memory device');
    }
    if (node === undefined || cells === 0 || node < cells) continue;
    throw VirError.of(
      'XML_DETAIL',
      `can't add memory backend for guest node '${node}' as the guest has only '${cells}' NUMA nodes configured`,
    );
  }
}

function checkHotplug(domain: Domain): void {
  if (domain.maxMemory === undefined || (domain.cpu?.numa?.cells.length ?? 0) > 0) return;
  if (!isX86(domain)) return;
  throw unsupported('At least one numa node has to be configured when enabling memory hotplug');
}

/** One size of page is for all cells that no other size is for. */
function checkHugepages({ memoryBacking, cpu }: Domain): void {
  const cells = cpu?.numa?.cells.length ?? 0;
  let master: bigint | undefined;
  for (const { sizeKiB, nodeset } of memoryBacking?.hugepages?.pages ?? []) {
    const missing = nodeset?.find((it) => it >= Math.max(cells, 1));
    if (missing !== undefined) throw VirError.of('XML_DETAIL', `hugepages: node ${missing} not found`);
    if (nodeset !== undefined && cells > 0) continue;
    if (master !== undefined) {
      throw VirError.of('XML_DETAIL', `two master hugepages detected: ${sizeKiB} and ${master}`);
    }
    master = sizeKiB;
  }
}

function checkNumatune({ numatune }: Domain): void {
  const memory = numatune?.memory;
  if (memory?.placement === 'static' && memory.nodeset === undefined) {
    throw unsupported("nodeset for NUMA memory tuning must be set if 'placement' is 'static'");
  }
}
