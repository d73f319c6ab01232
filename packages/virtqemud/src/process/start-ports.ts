import type {
  Clock,
  Descriptors,
  Files,
  GuestLogs,
  Links,
  Logger,
  OpenFiles,
  Owner,
  Processes,
} from '@modvirt/core/ports';
import type { Monitor } from '../monitor/monitor.js';

/** What starting a guest needs of the outside. */
export interface StartPorts {
  readonly files: Files;
  readonly processes: Processes;
  readonly descriptors: Descriptors;
  readonly openFiles: OpenFiles;
  readonly clock: Clock;
  readonly log: Logger;
  readonly guestLogs: GuestLogs;
  readonly sockets: GuestSockets;
  readonly links: Pick<Links, 'openDevice'>;
  randomBytes(count: number): Uint8Array;
  /** Connects to a guest's control socket and waits for its greeting. */
  connectMonitor(path: string, timeoutMs: number, signal: AbortSignal): Promise<Monitor>;
}

export interface GuestSockets {
  /** A listening unix socket that a guest inherits. The caller closes the descriptor. */
  listen(path: string, owner: Owner | undefined): number;
}
