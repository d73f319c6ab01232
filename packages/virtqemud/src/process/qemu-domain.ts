import type { DomainObject } from '@modvirt/core/hypervisor';
import type { Domain } from '@modvirt/core/schema';
import type { GuestRuntime } from './guest-runtime.js';

/** A domain of this daemon. */
export type QemuDomain = DomainObject<Domain, GuestRuntime>;
