import { loadDefinitions as loadAll } from '@modvirt/core/hypervisor';
import { parseDomain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { managedSaves } from './managed-save.js';

/** Finds all persistent domains, and which of them have a saved state. */
export async function loadDefinitions(driver: QemuDriver): Promise<void> {
  const saves = await managedSaves(driver);
  await loadAll(driver, {
    newUuid: driver.parts.newUuid,
    parse: (text, newUuid) => parseDomain(text, { inactive: true, newUuid }),
    complete: (text) => driver.parse(text, { validate: false }, driver.scope.signal),
    onFound(domain) {
      domain.hasManagedSave = saves.has(domain.name);
    },
  });
}
