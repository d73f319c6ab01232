import type { Domain } from '@modvirt/core/schema';
import { featuresOf } from '../definition/features.js';
import { isArmVirt, isQ35 } from '../definition/machine.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for an IOMMU that the machine cannot have */
export function validateIommu(domain: Domain): void {
  const model = domain.devices.iommu?.model;
  switch (model) {
    case 'intel':
      if (!isQ35(domain)) throw onlyWith(model, 'Q35 machines');
      checkInterrupts(domain);
      return;
    case 'virtio':
      if (!isQ35(domain) && !isArmVirt(domain)) throw onlyWith(model, 'Q35 and ARM Virt machines');
      if (featuresOf(domain).acpi !== true) throw unsupported(`IOMMU device: '${model}' requires ACPI`);
      return;
    case 'smmuv3':
      if (!isArmVirt(domain)) throw onlyWith(model, 'ARM Virt machines');
      return;
    default:
  }
}

function checkInterrupts(domain: Domain): void {
  const driver = domain.devices.iommu?.driver;
  if (driver?.eim === true && driver.intremap !== true) {
    throw unsupported('IOMMU eim requires interrupt remapping to be enabled');
  }
  if (driver?.intremap === true && featuresOf(domain).ioapic !== 'qemu') {
    throw unsupported("IOMMU interrupt remapping requires split I/O APIC (ioapic driver='qemu')");
  }
}

function onlyWith(model: string, machines: string) {
  return unsupported(`IOMMU device: '${model}' is only supported with ${machines}`);
}
