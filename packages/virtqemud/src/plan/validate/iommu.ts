import type { Domain } from '@modvirt/core/schema';
import { isArmVirt, isQ35 } from '../definition/machine.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for an IOMMU that the machine cannot have */
export function validateIommu(domain: Domain): void {
  const model = domain.devices.iommu?.model;
  switch (model) {
    case 'intel':
      if (!isQ35(domain)) throw onlyWith(model, 'Q35 machines');
      return;
    case 'virtio':
      if (!isQ35(domain) && !isArmVirt(domain)) throw onlyWith(model, 'Q35 and ARM Virt machines');
      return;
    case 'smmuv3':
      if (!isArmVirt(domain)) throw onlyWith(model, 'ARM Virt machines');
      return;
    default:
  }
}

function onlyWith(model: string, machines: string) {
  return unsupported(`IOMMU device: '${model}' is only supported with ${machines}`);
}
