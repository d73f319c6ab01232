import type { PlanContext } from '../context.js';
import type { DomainDraft } from '../definition/draft.js';
import { isQ35 } from '../definition/machine.js';

/** Processors that interrupts reach without an IOMMU that extends them. */
const MAX_WITHOUT_EIM = 255;

/** A new guest with very many processors gets what it takes to interrupt all of them. */
export function fillIommu(domain: DomainDraft, cx: PlanContext): void {
  if (!cx.abiUpdate || !isQ35(domain) || domain.vcpu.count <= MAX_WITHOUT_EIM) return;
  const { devices } = domain;
  devices.iommu ??= { model: 'intel' };
  if (devices.iommu.model !== 'intel') return;
  devices.iommu.driver ??= {};
  devices.iommu.driver.intremap ??= true;
  devices.iommu.driver.eim ??= true;
  domain.features ??= {};
  domain.features.ioapic ??= 'qemu';
}
