import type { Call } from '../driver/call.js';
import type { ErrorDomain } from '../errors/domains.js';
import type { Job } from '../jobs/job-queue.js';
import type { DefinitionStore } from '../objects/definition-store.js';
import type { Logger } from '../ports/logger.js';
import type { DomainList } from './domain-list.js';
import type { DomainNotifier } from './domain-notifier.js';
import type { DomainIdentity, DomainObject } from './domain-object.js';

/** How a definition is written out. */
export interface FormatOptions {
  /** As it will be at the next start: nothing that only a running domain has. */
  readonly inactive: boolean;
  /** With passwords. */
  readonly secure: boolean;
  /** Without what an older peer would not understand. */
  readonly migratable: boolean;
}

export interface ParseOptions {
  /** Refuse what the schema does not know. */
  readonly validate: boolean;
}

export interface StartRequest {
  readonly paused: boolean;
  /** Ends when the client that started it goes. */
  readonly autodestroy: boolean;
  readonly bypassCache: boolean;
  readonly forceBoot: boolean;
  readonly resetNvram: boolean;
}

/**
 * What a hypervisor adds to what all have in common. `D` is its definition, `R` what it keeps for a domain that runs.
 */
export interface HypervisorDriver<D extends DomainIdentity, R> {
  readonly domains: DomainList<D, R>;
  readonly store: DefinitionStore;
  readonly notifier: DomainNotifier;
  readonly log: Logger;
  /** Whose errors they are (`VIR_FROM_…`). */
  readonly errorDomain: ErrorDomain;

  /** Reads, completes and checks a definition for a domain of this hypervisor. @throws VirError */
  parse(xml: string, options: ParseOptions, signal: AbortSignal): Promise<D>;
  format(definition: D, domain: DomainObject<D, R>, options: FormatOptions): string;
  /** The same definition under another name. */
  renamed(definition: D, name: string): D;

  /** @param call on whose behalf; undefined when the daemon does it by itself */
  start(job: Job, domain: DomainObject<D, R>, request: StartRequest, call: Call | undefined): Promise<void>;
  /** Keeps what is known of a domain that runs; does nothing for one that does not. */
  saveStatus(domain: DomainObject<D, R>): Promise<void>;
  /** @throws VirError when this hypervisor cannot do what the definition says of the guest's end */
  checkLifecycle(definition: D): void;
  /** Removes what belongs to the domain besides its definition (saved state, variables …), as the flags allow. */
  beforeUndefine(job: Job, domain: DomainObject<D, R>, flags: number): Promise<void>;
}

/** Writes a definition to its file, in the form that survives. */
export async function saveDefinition<D extends DomainIdentity, R>(
  driver: HypervisorDriver<D, R>,
  domain: DomainObject<D, R>,
  definition: D,
  header: (name: string, uuid: string) => string,
): Promise<void> {
  const text = driver.format(definition, domain, { inactive: true, secure: true, migratable: false });
  await driver.store.save(definition.name, header(definition.name, definition.uuid) + text);
}
