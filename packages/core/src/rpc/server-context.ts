import type { Driver } from '../driver/driver.js';
import { VirError } from '../errors/vir-error.js';
import type { EventLog } from '../events/event-log.js';
import type { PeerCredentials } from '../ports/byte-channel.js';
import type { Clock } from '../ports/clock.js';
import type { Descriptors } from '../ports/descriptors.js';
import type { Logger } from '../ports/logger.js';
import type { FrameWriter } from './frame-codec.js';
import type { HandshakeOptions } from './handshake.js';
import type { ProcedureTable } from './procedure-table.js';

/** What the links of one daemon share. */
export interface ServerContext {
  readonly driver: Driver;
  readonly procedures: ProcedureTable;
  readonly events: EventLog;
  readonly writer: FrameWriter;
  readonly handshake: HandshakeOptions;
  readonly clock: Clock;
  readonly descriptors: Descriptors;
  readonly log: Logger;
  /** Whether this peer may speak for someone else. */
  trusts(peer: PeerCredentials | undefined): boolean;
  /** Number for a session, unique in this daemon. */
  nextId(): number;
  callBegins(): void;
  callEnds(): void;
  /** A session has come or gone. */
  onChange(): void;
}

/** What a caller is told of `error`: itself if clients may see it, else an internal error, and then it is logged. */
export function asVirError(error: unknown, log: Logger): VirError {
  if (error instanceof VirError) return error;
  log.error('handler failed', { error });
  const detail = error instanceof Error ? error.message : String(error);
  return VirError.of('INTERNAL_ERROR', detail, { cause: error });
}
