import type { Cgroup, DomainObject } from '@modvirt/core/hypervisor';
import type { Process } from '@modvirt/core/ports';
import type { Domain } from '@modvirt/core/schema';
import type { SupervisorLink } from './monitor/supervisor-link.js';

/** Why a container ended, as far as it decides state and event. */
export type StopCause = 'destroyed' | 'shutdown' | 'failed' | 'reboot';

/** What the daemon holds for a container that runs. All of it can be built again from the status file. */
export interface ContainerRuntime {
  /** Holds the consoles and outlives us. */
  readonly supervisor: Process;
  readonly link: SupervisorLink;
  /** The container's first process, as the host numbers it. */
  readonly init: Process;
  readonly cgroup: Cgroup;
  /** How it ends or has ended; undefined while it is not known to. */
  ending: StopCause | undefined;
  /** Its end, once that has begun. */
  finishing: Promise<void> | undefined;
}

/** A domain of this daemon. */
export type ContainerDomain = DomainObject<Domain, ContainerRuntime>;
