import { VirError } from '@modvirt/core/errors';
import type { DomainDraft } from '../definition/draft.js';

/** Gives memory modules the free slots, in their order. */
export function assignMemorySlots(domain: DomainDraft): void {
  const modules = domain.devices.memories.filter((it) => it.model === 'dimm' || it.model === 'nvdimm');
  const taken = new Set(modules.flatMap((it) => (it.address?.type === 'dimm' ? [it.address.slot] : [])));
  for (const module of modules) {
    if (module.address !== undefined) continue;
    if (domain.maxMemory === undefined) {
      throw VirError.of(
        'CONFIG_UNSUPPORTED',
        "cannot use/hotplug a memory device when domain 'maxMemory' is not defined",
      );
    }
    let slot = 0;
    while (taken.has(slot)) slot++;
    if (slot >= (domain.maxMemory.slots ?? 0)) {
      throw VirError.of('INTERNAL_ERROR', 'failed to find an empty memory slot');
    }
    taken.add(slot);
    module.address = { type: 'dimm', slot };
  }
}
