import type { Clock, Descriptors, Files, Logger, Owner, Processes } from '@modvirt/core/ports';
import type { Monitor } from '../monitor/monitor.js';

/** What starting a guest needs of the outside. */
export interface StartPorts {
  readonly files: Files;
  readonly processes: Processes;
  readonly descriptors: Descriptors;
  readonly clock: Clock;
  readonly log: Logger;
  readonly guestLogs: GuestLogs;
  readonly sockets: GuestSockets;
  randomBytes(count: number): Uint8Array;
  /** Connects to a guest's control socket and waits for its greeting. */
  connectMonitor(path: string, timeoutMs: number, signal: AbortSignal): Promise<Monitor>;
}

/** The logs that guests and we write: one file a guest, kept from growing without end. */
export interface GuestLogs {
  /** A descriptor that appends to the guest's log, rotated before if it was full. The caller closes it. */
  open(name: string): Promise<number>;
  /** Appends our own words. @returns the log's length before them */
  write(name: string, text: string): Promise<number>;
  /** What was written from `offset` on, the last few thousand characters of it. */
  readFrom(name: string, offset: number): Promise<string>;
}

export interface GuestSockets {
  /** A listening unix socket that a guest inherits. The caller closes the descriptor. */
  listen(path: string, owner: Owner | undefined): number;
}
