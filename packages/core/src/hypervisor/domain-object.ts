import { VirError } from '../errors/vir-error.js';
import { type Job, JobQueue, type JobRequest } from '../jobs/job-queue.js';
import type { Clock } from '../ports/clock.js';
import type { Uuid } from '../wire/uuid.js';
import { type DomainState, isActiveState } from './domain-state.js';

/** What the shared part needs of a definition, whatever the hypervisor. */
export interface DomainIdentity {
  readonly name: string;
  readonly uuid: Uuid;
}

/** A definition that may still be text: it is parsed when someone looks inside. */
export interface LazyDefinition<D> {
  get(): D;
  /** Whether `get` has been called: after that the text is no longer held. */
  readonly isParsed: boolean;
  /** Finds out whether it can be parsed, without keeping it. @throws VirError if not */
  verify(): void;
}

/** Proof that the domain is active, and the only way to what runs. Aborts when the domain ends. */
export interface LiveJob<R> extends Job {
  readonly runtime: R;
}

const INACTIVE_ID = -1;

/**
 * A domain as its daemon holds it: a persistent definition, a live one while it is active, or both.
 *
 * @typeParam D the definition
 * @typeParam R what the driver keeps for a domain that is active: process, monitor …
 */
export class DomainObject<D extends DomainIdentity, R> {
  readonly uuid: Uuid;
  readonly jobs: JobQueue;
  /** Changed by `DomainList.rename` only. */
  name: string;
  autostart = false;
  hasManagedSave = false;
  snapshotCount = 0;
  checkpointCount = 0;
  /** Whether the persistent definition was changed while the domain ran. */
  isUpdated = false;
  #id = INACTIVE_ID;
  #state: DomainState = { state: 'shutoff', reason: 'unknown' };
  #persistent: LazyDefinition<D> | undefined;
  #live: D | undefined;
  #runtime: R | undefined;

  constructor(identity: DomainIdentity, clock: Clock) {
    this.uuid = identity.uuid;
    this.name = identity.name;
    this.jobs = new JobQueue(clock);
  }

  /** Number of the running domain, -1 when it is not active. */
  get id(): number {
    return this.#id;
  }

  get state(): DomainState {
    return this.#state;
  }

  get isActive(): boolean {
    return this.#live !== undefined;
  }

  get isPersistent(): boolean {
    return this.#persistent !== undefined;
  }

  /** What the next start uses; undefined for a transient domain. */
  get persistent(): D | undefined {
    return this.#persistent?.get();
  }

  get live(): D | undefined {
    return this.#live;
  }

  get runtime(): R | undefined {
    return this.#runtime;
  }

  /** The live definition of an active domain, else the persistent one. */
  get current(): D {
    const current = this.#live ?? this.#persistent?.get();
    if (current === undefined) throw new Error(`domain ${this.name} has no definition`);
    return current;
  }

  /** How clients name it. */
  get reference(): { readonly name: string; readonly uuid: Uuid; readonly id: number } {
    return { name: this.name, uuid: this.uuid, id: this.#id };
  }

  /** @throws VirError when the definition for the next start makes no sense */
  verifyPersistent(): void {
    this.#persistent?.verify();
  }

  setPersistent(definition: LazyDefinition<D> | undefined): void {
    this.#persistent = definition;
  }

  /** The domain has begun: from here on it is active. */
  activate(_job: Job, id: number, live: D): void {
    this.#id = id;
    this.#live = live;
  }

  /** Gives `withLiveJob` its way to what runs. */
  setRuntime(_job: Job, runtime: R): void {
    this.#runtime = runtime;
  }

  setLive(live: D): void {
    this.#live = live;
  }

  setState(state: DomainState): void {
    this.#state = state;
  }

  /** The domain has ended: every job on it is told. */
  deactivate(state: DomainState, reason: unknown): void {
    this.#id = INACTIVE_ID;
    this.#live = undefined;
    this.#runtime = undefined;
    this.#state = state;
    this.isUpdated = false;
    this.jobs.abortAll(reason);
  }

  withJob<T>(request: JobRequest, body: (job: Job) => Promise<T>): Promise<T> {
    return this.jobs.run(request, body);
  }

  /** @throws VirError OPERATION_INVALID if the domain is not active when its turn comes */
  withLiveJob<T>(request: JobRequest, body: (job: LiveJob<R>) => Promise<T>): Promise<T> {
    return this.jobs.run(request, (job) => body(this.liveJob(job)));
  }

  /** The live form of a job that one holds already. */
  liveJob(job: Job): LiveJob<R> {
    const runtime = this.#runtime;
    if (runtime === undefined || !isActiveState(this.#state.state)) {
      throw VirError.of('OPERATION_INVALID', 'domain is not running', { domain: 'DOMAIN' });
    }
    return Object.assign(job, { runtime });
  }
}

/** A definition that is there already. */
export function parsedDefinition<D>(definition: D): LazyDefinition<D> {
  return { get: () => definition, isParsed: true, verify: () => undefined };
}

/** A definition that is parsed by `parse` when first looked at. */
export function lazyDefinition<D>(parse: () => D): LazyDefinition<D> {
  let parsed: { readonly definition: D } | undefined;
  return {
    get: () => {
      parsed ??= { definition: parse() };
      return parsed.definition;
    },
    get isParsed() {
      return parsed !== undefined;
    },
    verify: () => {
      if (parsed === undefined) parse();
    },
  };
}
