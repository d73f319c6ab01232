import type { ErrorDomain } from '../errors/domains.js';
import type { AclRule, Procedure } from '../protocol/procedure.js';
import type { Session } from './call.js';
import type { ServedProgram } from './handlers.js';

/** One procedure as an authorisation hook sees it. */
export interface CalledProcedure {
  readonly program: number;
  readonly name: string;
  readonly row: Procedure;
  readonly rules: readonly AclRule[];
}

/** What a daemon serves: the one thing that the runtime needs of the program that owns objects. */
export interface Driver {
  /** Whose errors its handlers raise, where they do not say it themselves (`VIR_FROM_…`). */
  readonly errorDomain?: ErrorDomain;
  readonly programs: readonly ServedProgram[];
  /** Looks at a session that is being opened: URI, identity. What it throws refuses the session. */
  openSession?(session: Session): void | Promise<void>;
  /** Runs before a handler. What it throws is the answer. */
  authorise?(session: Session, called: CalledProcedure, args: unknown): void | Promise<void>;
  /** Work that must not be cut off by ending when idle: a job, a migration. */
  isBusy?(): boolean;
  /** Reads the configuration again (SIGHUP). */
  reload?(): Promise<void>;
  /** Ends background work and saves what must be saved. Guests go on. */
  close?(): Promise<void>;
}
