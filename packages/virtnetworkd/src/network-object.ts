import { type Job, JobQueue, type JobRequest } from '@modvirt/core/jobs';
import type { Clock, Process } from '@modvirt/core/ports';
import type { Network, NetworkPort } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import type { AppliedRules } from './process/firewall.js';

/** What a network that is active has on the host. */
export interface LiveNetwork {
  readonly definition: Network;
  /** Undefined where the network lies on something that the host has anyway. */
  readonly bridge: string | undefined;
  readonly rules: AppliedRules | undefined;
  readonly dnsmasq: Process | undefined;
}

/** One network: its definitions, and what of it is active. */
export class NetworkObject {
  readonly uuid: Uuid;
  readonly name: string;
  readonly ports = new Map<Uuid, NetworkPort>();
  readonly #jobs: JobQueue;
  persistent: Network | undefined;
  live: LiveNetwork | undefined;
  autostart = false;
  /** Why it could not be started when that was tried last. */
  lastFailure: string | undefined;

  constructor(identity: { readonly uuid: Uuid; readonly name: string }, clock: Clock) {
    this.uuid = identity.uuid;
    this.name = identity.name;
    this.#jobs = new JobQueue(clock);
  }

  get isActive(): boolean {
    return this.live !== undefined;
  }

  get isPersistent(): boolean {
    return this.persistent !== undefined;
  }

  get isIdle(): boolean {
    return this.#jobs.isIdle;
  }

  /** The definition in use: the active one, or what the next start takes. */
  get current(): Network | undefined {
    return this.live?.definition ?? this.persistent;
  }

  get reference(): { readonly name: string; readonly uuid: Uuid } {
    return { name: this.name, uuid: this.uuid };
  }

  withJob<T>(request: JobRequest, body: (job: Job) => Promise<T>): Promise<T> {
    return this.#jobs.run(request, body);
  }
}
