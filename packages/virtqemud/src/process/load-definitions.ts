import { loadDefinitions as loadAll } from '@modvirt/core/hypervisor';
import { parseDomain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { managedSaves } from './managed-save.js';

/** Finds all persistent domains, and which of them have a saved state. */
export async function loadDefinitions(driver: QemuDriver): Promise<void> {
  const saves = await managedSaves(driver);
  await loadAll(driver, {
    parse: (text) => parseDomain(text, { inactive: true, newUuid: driver.parts.newUuid }),
    onFound(domain) {
      domain.hasManagedSave = saves.has(domain.name);
    },
  });
}
