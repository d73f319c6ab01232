import type { Owner } from '@modvirt/core/protocol';

/** Which daemons exist, and which of them are installed: their native socket is there. */
export interface DaemonPlaces {
  hypervisorFor(scheme: string): string | undefined;
  ownerDaemon(owner: Exclude<Owner, 'proxy' | 'hypervisor'>): string | undefined;
  isThere(daemon: string): boolean;
  defaultUri(): string | undefined;
}
