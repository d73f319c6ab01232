import type { Handlers } from '../../driver/handlers.js';
import { allBits } from '../../protocol/constants/all-bits.js';
import { connectListAllDomainsFlags as filter } from '../../protocol/constants/domain.js';
import type { domainList } from '../../protocol/domain-list.js';
import { checkFlags } from '../check-flags.js';
import type { DomainIdentity, DomainObject } from '../domain-object.js';
import type { HypervisorDriver } from '../hypervisor-driver.js';

type Test = (domain: DomainObject<DomainIdentity, unknown>) => boolean;

// Filters of virConnectListAllDomains in their groups: within a group one must hold, and every group that is asked about.
const FILTER_GROUPS: readonly (readonly (readonly [number, Test])[])[] = [
  [
    [filter.active, (domain) => domain.isActive],
    [filter.inactive, (domain) => !domain.isActive],
  ],
  [
    [filter.persistent, (domain) => domain.isPersistent],
    [filter.transient, (domain) => !domain.isPersistent],
  ],
  [
    [filter.running, (domain) => domain.state.state === 'running'],
    [filter.paused, (domain) => domain.state.state === 'paused'],
    [filter.shutoff, (domain) => domain.state.state === 'shutoff'],
    [filter.other, (domain) => !['running', 'paused', 'shutoff'].includes(domain.state.state)],
  ],
  [
    [filter.managedsave, (domain) => domain.hasManagedSave],
    [filter.noManagedsave, (domain) => !domain.hasManagedSave],
  ],
  [
    [filter.autostart, (domain) => domain.autostart],
    [filter.noAutostart, (domain) => !domain.autostart],
  ],
  [
    [filter.hasSnapshot, (domain) => domain.snapshotCount > 0],
    [filter.noSnapshot, (domain) => domain.snapshotCount === 0],
  ],
  [
    [filter.hasCheckpoint, (domain) => domain.checkpointCount > 0],
    [filter.noCheckpoint, (domain) => domain.checkpointCount === 0],
  ],
];

const ALL_FILTERS = allBits(filter);

/** Whether a domain passes the filters of virConnectListAllDomains. */
export function passesFilters(flags: number, domain: DomainObject<DomainIdentity, unknown>): boolean {
  return FILTER_GROUPS.every((group) => {
    const asked = group.filter(([bit]) => (flags & bit) !== 0);
    return asked.length === 0 || asked.some(([, test]) => test(domain));
  });
}

export function domainListHandlers<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
): Handlers<typeof domainList> {
  const { domains } = driver;
  const inactiveNames = (): string[] => [...domains].filter((one) => !one.isActive).map((one) => one.name);
  const activeIds = (): number[] => [...domains].filter((one) => one.isActive).map((one) => one.id);
  return {
    connectListAllDomains({ needResults, flags }) {
      checkFlags('virConnectListAllDomains', flags, ALL_FILTERS, driver.errorDomain);
      const found = [...domains].filter((domain) => passesFilters(flags, domain));
      return { domains: needResults === 0 ? [] : found.map((domain) => domain.reference), ret: found.length };
    },
    connectListDefinedDomains: ({ maxnames }) => ({ names: inactiveNames().slice(0, Math.max(0, maxnames)) }),
    connectNumOfDefinedDomains: () => ({ num: inactiveNames().length }),
    connectListDomains: ({ maxids }) => ({ ids: activeIds().slice(0, Math.max(0, maxids)) }),
    connectNumOfDomains: () => ({ num: activeIds().length }),
    domainLookupById: ({ id }) => ({ dom: domains.byId(id).reference }),
    domainLookupByName: ({ name }) => ({ dom: domains.byName(name).reference }),
    domainLookupByUuid: ({ uuid }) => ({ dom: domains.byUuid(uuid).reference }),
  };
}
