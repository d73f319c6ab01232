import type { StoredDefinition } from '../objects/definition-store.js';
import type { Clock } from '../ports/clock.js';
import { parseUuid, type Uuid } from '../wire/uuid.js';
import { type DomainIdentity, type DomainObject, lazyDefinition, parsedDefinition } from './domain-object.js';
import type { HypervisorDriver } from './hypervisor-driver.js';

export interface DefinitionReader<D extends DomainIdentity, R> {
  newUuid(): Uuid;
  /** Reads a definition that was written by libvirt or us: it is complete and was checked. */
  parse(text: string, newUuid: () => Uuid): D;
  /** Reads one that somebody wrote by hand, and fills in what is missing. Where absent, nothing ever is. */
  complete?(text: string): Promise<D>;
  /** Told of each domain that was found. */
  onFound?(domain: DomainObject<D, R>): void;
}

/** What stands at the head of files that libvirt or we wrote. */
const OUR_HEAD = /^<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE/;

/**
 * Finds all persistent domains. Only name and UUID are looked for in each file now; the rest is parsed when somebody asks for it.
 * What somebody wrote by hand is completed at once, as a definition that a client brings.
 */
export async function loadDefinitions<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
  reader: DefinitionReader<D, R>,
): Promise<void> {
  const byHand: (() => Promise<void>)[] = [];
  await driver.store.load((stored) => {
    const found = identityOf(stored.text);
    if (found === undefined) {
      driver.log.error('file is no definition of a domain, and is left as it is', { file: stored.name });
      return;
    }
    const identity = { name: found.name, uuid: found.uuid ?? reader.newUuid() };
    const domain = addStored(driver, stored, identity, reader);
    if (domain === undefined || OUR_HEAD.test(stored.text)) return;
    byHand.push(() => completeStored(driver, domain, stored.text, reader));
  });
  for (const complete of byHand) await complete();
}

/** A definition that cannot be completed now, because its emulator is missing, stays as it is written: its start says why. */
async function completeStored<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
  domain: DomainObject<D, R>,
  text: string,
  { complete }: DefinitionReader<D, R>,
): Promise<void> {
  if (complete === undefined) return;
  try {
    const definition = await complete(text);
    domain.setPersistent(parsedDefinition({ ...definition, uuid: domain.uuid }));
  } catch (error) {
    driver.log.warn('definition cannot be completed', { domain: domain.name, error });
    dropIfBroken(driver, domain);
  }
}

/**
 * Looks through all definitions that nobody has looked at yet, one at a time between other work. The domains of those that make
 * no sense are gone; their files stay.
 */
export async function dropBrokenDefinitions<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (const domain of [...driver.domains]) {
    await new Promise<void>((resolve) => clock.setTimer(0, resolve, { holds: false }));
    if (signal.aborted) return;
    dropIfBroken(driver, domain);
  }
}

function dropIfBroken<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
  domain: DomainObject<D, R>,
): void {
  if (domain.isActive) return;
  try {
    domain.verifyPersistent();
  } catch (error) {
    driver.log.error('definition cannot be used and is left as it is', { domain: domain.name, error });
    driver.domains.remove(domain);
  }
}

function addStored<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
  stored: StoredDefinition,
  identity: DomainIdentity,
  reader: DefinitionReader<D, R>,
): DomainObject<D, R> | undefined {
  if (driver.domains.findByUuid(identity.uuid) || driver.domains.findByName(identity.name)) {
    driver.log.error('definition has the UUID of another domain and is left as it is', { file: stored.name });
    return undefined;
  }
  const { domain } = driver.domains.claim(identity);
  domain.autostart = stored.autostart;
  domain.setPersistent(lazyDefinition(() => reader.parse(stored.text, () => identity.uuid)));
  reader.onFound?.(domain);
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
