import type { Plain } from '../../../xml/group.js';
import type { DomainElement } from '../domain.js';

type Filled = 'name' | 'uuid' | 'memory' | 'currentMemory' | 'vcpu' | 'os' | 'clock' | 'devices';

/** A domain with all that any hypervisor needs to be there. */
export type Domain = Plain<
  Omit<DomainElement, Filled> & { readonly [K in Filled]: NonNullable<DomainElement[K]> }
>;
