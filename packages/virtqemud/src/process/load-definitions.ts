import { lazyDefinition } from '@modvirt/core/hypervisor';
import type { StoredDefinition } from '@modvirt/core/objects';
import { parseDomain } from '@modvirt/core/schema';
import { parseUuid, type Uuid } from '@modvirt/core/wire';
import type { QemuDriver } from '../driver.js';
import { managedSaves } from './managed-save.js';

/**
 * Finds all persistent domains. Only name and UUID are looked for in each file now; the rest is parsed when somebody asks for it.
 */
export async function loadDefinitions(driver: QemuDriver): Promise<void> {
  const saves = await managedSaves(driver);
  await driver.store.load((stored) => {
    const identity = identityOf(stored.text);
    if (identity === undefined || identity.name !== stored.name) {
      driver.log.error('definition is not of the domain that its file is named for, and is left as it is', {
        file: stored.name,
        name: identity?.name,
      });
      return;
    }
    addStored(driver, stored, identity, saves.has(identity.name));
  });
}

function addStored(
  driver: QemuDriver,
  stored: StoredDefinition,
  identity: { name: string; uuid: Uuid },
  hasManagedSave: boolean,
): void {
  if (driver.domains.findByUuid(identity.uuid) || driver.domains.findByName(identity.name)) {
    driver.log.error('definition has the UUID of another domain and is left as it is', { file: stored.name });
    return;
  }
  const { domain } = driver.domains.claim(identity);
  domain.autostart = stored.autostart;
  domain.hasManagedSave = hasManagedSave;
  domain.setPersistent(
    lazyDefinition(() => parseDomain(stored.text, { inactive: true, newUuid: driver.parts.newUuid })),
  );
}

const HEAD = /<name>([^<]*)<\/name>|<uuid>([^<]*)<\/uuid>/g;

/** Name and UUID of a definition that libvirt or we wrote: there they come first, before anything that could hold others. */
function identityOf(text: string): { name: string; uuid: Uuid } | undefined {
  let name: string | undefined;
  let uuid: Uuid | undefined;
  const start = text.indexOf('<domain');
  if (start < 0) return undefined;
  HEAD.lastIndex = start;
  for (
    let match = HEAD.exec(text);
    match !== null && (name === undefined || uuid === undefined);
    match = HEAD.exec(text)
  ) {
    if (match[1] !== undefined) name ??= unescapeXml(match[1]);
    else uuid ??= parseUuid(match[2] ?? '');
  }
  return name === undefined || uuid === undefined ? undefined : { name, uuid };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

function unescapeXml(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
