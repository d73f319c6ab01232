import { domainFileHeader } from './domain-file-header.js';
import { type DomainIdentity, type DomainObject, parsedDefinition } from './domain-object.js';
import { type HypervisorDriver, saveDefinition } from './hypervisor-driver.js';
import type { Impact } from './modification-impact.js';

/** A change of a definition: the same for the live and for the persistent one, unless it looks. */
export type DefinitionChange<D> = (definition: D, which: 'live' | 'config') => D;

/**
 * Changes the definitions that `impact` names and saves what changed. All that `change` throws comes before anything is done.
 */
export async function editDefinitions<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
  domain: DomainObject<D, R>,
  impact: Impact,
  change: DefinitionChange<D>,
): Promise<void> {
  const { live, persistent } = domain;
  const newLive = impact.live && live !== undefined ? change(live, 'live') : undefined;
  const newPersistent = impact.config && persistent !== undefined ? change(persistent, 'config') : undefined;
  if (newLive !== undefined) {
    domain.setLive(newLive);
    await driver.saveStatus(domain);
  }
  if (newPersistent !== undefined) {
    await saveDefinition(driver, domain, newPersistent, domainFileHeader);
    domain.setPersistent(parsedDefinition(newPersistent));
  }
}
