import { lazyDefinition, parsedDefinition } from '@modvirt/core/hypervisor';
import type { StoredDefinition } from '@modvirt/core/objects';
import { parseDomain } from '@modvirt/core/schema';
import { parseUuid, type Uuid } from '@modvirt/core/wire';
import type { QemuDriver } from '../driver.js';
import { managedSaves } from './managed-save.js';
import type { QemuDomain } from './qemu-domain.js';

/** What stands at the head of files that libvirt or we wrote: all is filled in there. */
const OUR_HEAD = /^<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE/;

/**
 * Finds all persistent domains. Only name and UUID are looked for in each file now; the rest is parsed when somebody asks for it.
 * What somebody wrote by hand is completed at once, as a definition that a client brings.
 */
export async function loadDefinitions(driver: QemuDriver): Promise<void> {
  const saves = await managedSaves(driver);
  const byHand: (() => Promise<void>)[] = [];
  await driver.store.load((stored) => {
    const identity = identityOf(stored.text);
    if (identity === undefined) {
      driver.log.error('file is no definition of a domain, and is left as it is', { file: stored.name });
      return;
    }
    const uuid = identity.uuid ?? driver.parts.newUuid();
    const domain = addStored(driver, stored, { name: identity.name, uuid }, saves.has(identity.name));
    if (domain === undefined || OUR_HEAD.test(stored.text)) return;
    byHand.push(() => completeStored(driver, domain, stored.text));
  });
  for (const complete of byHand) await complete();
}

/** A definition that cannot be completed now, because its emulator is missing, stays as it is written: its start says why. */
async function completeStored(driver: QemuDriver, domain: QemuDomain, text: string): Promise<void> {
  try {
    const definition = await driver.parse(text, { validate: false }, driver.scope.signal);
    domain.setPersistent(parsedDefinition({ ...definition, uuid: domain.uuid }));
  } catch (error) {
    driver.log.warn('definition cannot be completed', { domain: domain.name, error });
    dropIfBroken(driver, domain);
  }
}

/** Looks through all definitions that nobody has looked at yet; the domains of those that make no sense are gone, their files stay. */
export async function dropBrokenDefinitions(driver: QemuDriver, signal: AbortSignal): Promise<void> {
  for (const domain of [...driver.domains]) {
    await new Promise<void>((resolve) => driver.clock.setTimer(0, resolve, { holds: false }));
    if (signal.aborted) return;
    dropIfBroken(driver, domain);
  }
}

function dropIfBroken(driver: QemuDriver, domain: QemuDomain): void {
  if (domain.isActive) return;
  try {
    domain.verifyPersistent();
  } catch (error) {
    driver.log.error('definition cannot be used and is left as it is', { domain: domain.name, error });
    driver.domains.remove(domain);
  }
}

function addStored(
  driver: QemuDriver,
  stored: StoredDefinition,
  identity: { name: string; uuid: Uuid },
  hasManagedSave: boolean,
): QemuDomain | undefined {
  if (driver.domains.findByUuid(identity.uuid) || driver.domains.findByName(identity.name)) {
    driver.log.error('definition has the UUID of another domain and is left as it is', { file: stored.name });
    return undefined;
  }
  const { domain } = driver.domains.claim(identity);
  domain.autostart = stored.autostart;
  domain.hasManagedSave = hasManagedSave;
  const newUuid = (): Uuid => identity.uuid;
  domain.setPersistent(lazyDefinition(() => parseDomain(stored.text, { inactive: true, newUuid })));
  return domain;
}

const HEAD = /<name>([^<]*)<\/name>|<uuid>([^<]*)<\/uuid>/g;

/** Name and UUID of a definition that libvirt or we wrote: there they come first, before anything that could hold others. */
function identityOf(text: string): { name: string; uuid: Uuid | undefined } | undefined {
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
  return name === undefined ? undefined : { name, uuid };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

function unescapeXml(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
