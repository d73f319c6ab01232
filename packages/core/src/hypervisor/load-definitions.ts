import type { StoredDefinition } from '../objects/definition-store.js';
import { parseUuid, type Uuid } from '../wire/uuid.js';
import { type DomainIdentity, type DomainObject, lazyDefinition } from './domain-object.js';
import type { HypervisorDriver } from './hypervisor-driver.js';

export interface DefinitionReader<D extends DomainIdentity, R> {
  /** Reads a definition that was written by libvirt or us: it is complete and was checked. */
  parse(text: string): D;
  /** Told of each domain that was found. */
  onFound?(domain: DomainObject<D, R>): void;
}

/**
 * Finds all persistent domains. Only name and UUID are looked for in each file now; the rest is parsed when somebody asks for it.
 */
export async function loadDefinitions<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
  reader: DefinitionReader<D, R>,
): Promise<void> {
  await driver.store.load((stored) => {
    const identity = identityOf(stored.text);
    if (identity === undefined || identity.name !== stored.name) {
      driver.log.error('definition is not of the domain that its file is named for, and is left as it is', {
        file: stored.name,
        name: identity?.name,
      });
      return;
    }
    addStored(driver, stored, identity, reader);
  });
}

function addStored<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
  stored: StoredDefinition,
  identity: DomainIdentity,
  reader: DefinitionReader<D, R>,
): void {
  if (driver.domains.findByUuid(identity.uuid) || driver.domains.findByName(identity.name)) {
    driver.log.error('definition has the UUID of another domain and is left as it is', { file: stored.name });
    return;
  }
  const { domain } = driver.domains.claim(identity);
  domain.autostart = stored.autostart;
  domain.setPersistent(lazyDefinition(() => reader.parse(stored.text)));
  reader.onFound?.(domain);
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
