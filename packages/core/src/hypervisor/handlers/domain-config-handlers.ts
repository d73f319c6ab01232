import type { Call } from '../../driver/call.js';
import type { Handlers } from '../../driver/handlers.js';
import { VirError } from '../../errors/vir-error.js';
import { domainDefineFlags, domainXMLFlags } from '../../protocol/constants/domain.js';
import type { domainConfig } from '../../protocol/domain-config.js';
import type { Domain } from '../../schema/domain/post-parse/filled-domain.js';
import { checkFlags } from '../check-flags.js';
import { domainFileHeader } from '../domain-file-header.js';
import { type DomainIdentity, type DomainObject, parsedDefinition } from '../domain-object.js';
import { type HypervisorDriver, saveDefinition } from '../hypervisor-driver.js';
import { domainMetadataHandlers } from './domain-metadata-handlers.js';

const XML_FLAGS =
  domainXMLFlags.secure | domainXMLFlags.inactive | domainXMLFlags.updateCpu | domainXMLFlags.migratable;

/** Procedures about definitions that every hypervisor answers alike. */
export function domainConfigHandlers<R>(driver: HypervisorDriver<Domain, R>): Handlers<typeof domainConfig> {
  const { domains, store } = driver;

  async function define(xml: string, flags: number, api: string, call: Call) {
    checkFlags('virDomainDefineXMLFlags', flags, domainDefineFlags.validate, driver.errorDomain);
    const options = { validate: (flags & domainDefineFlags.validate) !== 0 };
    const definition = await driver.parse(xml, options, call.signal);
    return { dom: (await defineDomain(driver, definition, api, call)).reference };
  }

  return {
    ...domainMetadataHandlers(driver),
    domainDefineXml: ({ xml }, call) => define(xml, 0, 'virDomainDefineXML', call),
    domainDefineXmlFlags: ({ xml, flags }, call) => define(xml, flags, 'virDomainDefineXMLFlags', call),
    domainUndefine: ({ dom }, call) => undefineDomain(driver, domains.byRef(dom), 0, call),
    domainUndefineFlags: ({ dom, flags }, call) => undefineDomain(driver, domains.byRef(dom), flags, call),
    domainGetXmlDesc({ dom, flags }) {
      checkFlags('virDomainGetXMLDesc', flags, XML_FLAGS, driver.errorDomain);
      const domain = domains.byRef(dom);
      const inactive = (flags & domainXMLFlags.inactive) !== 0;
      const migratable = (flags & domainXMLFlags.migratable) !== 0;
      const definition = inactive ? (domain.persistent ?? domain.current) : domain.current;
      const options = {
        // What another host starts from has nothing of this one, and all of the guest.
        inactive: inactive || migratable || !domain.isActive,
        secure: migratable || (flags & domainXMLFlags.secure) !== 0,
        migratable,
      };
      return { xml: driver.format(definition, domain, options) };
    },
    domainGetAutostart: ({ dom }) => ({ autostart: domains.byRef(dom).autostart ? 1 : 0 }),
    async domainSetAutostart({ dom, autostart }, call) {
      const domain = domains.byRef(dom);
      const wanted = autostart !== 0;
      await domain.withJob(
        { kind: 'modify', owner: 'virDomainSetAutostart', signal: call.signal },
        async () => {
          if (!domain.isPersistent) {
            throw VirError.of('OPERATION_INVALID', 'cannot set autostart for transient domain');
          }
          if (domain.autostart === wanted) return;
          await store.setAutostart(domain.name, wanted);
          domain.autostart = wanted;
        },
      );
    },
    async domainRename({ dom, newName, flags }, call) {
      checkFlags('virDomainRename', flags, 0, driver.errorDomain);
      await renameDomain(driver, domains.byRef(dom), newName ?? '', call);
      return { retcode: 0 };
    },
  };
}

/** Makes `definition` what the next start of its domain uses; the domain may be new, inactive or running. */
export async function defineDomain<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
  definition: D,
  api: string,
  call: Call,
): Promise<DomainObject<D, R>> {
  const { domain, isNew } = driver.domains.claim(definition);
  try {
    await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async () => {
      const isUpdate = domain.isPersistent;
      await saveDefinition(driver, domain, definition, domainFileHeader);
      domain.setPersistent(parsedDefinition(definition));
      domain.isUpdated = domain.isActive;
      driver.notifier.lifecycle(domain.reference, 'defined', isUpdate ? 'updated' : 'added');
    });
  } catch (error) {
    // Nothing else can have made it persistent or active: this job is the first on it.
    if (isNew && !domain.isPersistent && !domain.isActive) driver.domains.remove(domain);
    throw error;
  }
  return domain;
}

async function undefineDomain<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
  domain: DomainObject<D, R>,
  flags: number,
  call: Call,
): Promise<void> {
  await domain.withJob({ kind: 'modify', owner: 'virDomainUndefine', signal: call.signal }, async (job) => {
    if (!domain.isPersistent) {
      throw VirError.of('OPERATION_INVALID', 'cannot undefine transient domain');
    }
    await driver.beforeUndefine(job, domain, flags);
    await driver.store.remove(domain.name);
    domain.setPersistent(undefined);
    domain.autostart = false;
    driver.notifier.lifecycle(domain.reference, 'undefined', 'removed');
    // What runs goes on, and is gone when it ends.
    if (!domain.isActive) driver.domains.remove(domain);
  });
}

async function renameDomain<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
  domain: DomainObject<D, R>,
  newName: string,
  call: Call,
): Promise<void> {
  if (newName === '') throw VirError.of('INVALID_ARG', "new name in 'virDomainRename' must not be empty");
  await domain.withJob({ kind: 'modify', owner: 'virDomainRename', signal: call.signal }, async () => {
    const persistent = domain.persistent;
    if (persistent === undefined) throw VirError.of('OPERATION_INVALID', 'cannot rename a transient domain');
    refuseRename(domain);
    if (newName.includes('/')) throw VirError.of('XML_ERROR', `name ${newName} cannot contain '/'`);
    if (domain.name === newName)
      throw VirError.of('OPERATION_INVALID', "Can't rename domain to itself", { domain: 'DOMAIN' });
    const old = { ...domain.reference };
    if (driver.domains.findByName(newName)) {
      throw VirError.of('OPERATION_INVALID', `domain with name '${newName}' already exists`);
    }
    const renamed = driver.renamed(persistent, newName);
    await saveDefinition(driver, domain, renamed, domainFileHeader);
    if (domain.autostart) await driver.store.setAutostart(newName, true);
    await driver.store.remove(old.name);
    domain.setPersistent(parsedDefinition(renamed));
    driver.domains.rename(domain, newName);
    driver.notifier.lifecycle(old, 'undefined', 'renamed');
    driver.notifier.lifecycle(domain.reference, 'defined', 'renamed');
  });
}

function refuseRename(domain: DomainObject<DomainIdentity, unknown>): void {
  if (domain.isActive) throw VirError.of('OPERATION_INVALID', 'cannot rename active domain');
  if (domain.hasManagedSave) {
    throw VirError.of('OPERATION_INVALID', 'cannot rename a domain with a managed save image');
  }
  if (domain.snapshotCount > 0) throw VirError.of('OPERATION_INVALID', 'cannot rename domain with snapshots');
  if (domain.checkpointCount > 0)
    throw VirError.of('OPERATION_INVALID', 'cannot rename domain with checkpoints');
}
