import type { Identity } from '../auth/identity.js';
import type { CallStream } from '../driver/call.js';
import type { Procedure } from '../protocol/procedure.js';
import type { Uuid } from '../wire/uuid.js';

// How one program of ours reaches a daemon: a link (one per daemon, it reconnects by itself) carries sessions (one per
// client), calls, streams and numbered events.

export interface OpenOptions {
  readonly uri: string;
  readonly readOnly: boolean;
  /** Whom we speak for; absent: ourselves. */
  readonly identity?: Identity;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
  /** Descriptors that travel with the call; the link closes them once they are sent. */
  readonly descriptors?: readonly number[];
}

export interface CallResult {
  readonly values: unknown;
  readonly descriptors: readonly number[];
  /** Present for a procedure that opens a stream. */
  readonly stream?: CallStream;
}

/** One client's connection as the daemon behind it sees it. Survives that daemon's restart. */
export interface RemoteSession {
  readonly uri: string;
  call(program: number, row: Procedure, args: unknown, options?: CallOptions): Promise<CallResult>;
  close(): Promise<void>;
}

/** What happened to an object of a daemon, numbered without gaps within an epoch (one run of that daemon). */
export interface DaemonEvent {
  readonly epoch: string;
  readonly sequence: number;
  readonly object: 'domain' | 'network' | 'storage_pool' | 'node_device' | 'secret';
  /** libvirt's number of the event for that kind of object, as in `events/event-rows`. */
  readonly eventId: number;
  /** Key of the object, to filter by without decoding the payload. */
  readonly uuid?: Uuid;
  readonly name: string;
  /** The message's fields without its callbackID. */
  readonly payload: unknown;
}

/** Told instead of events when the daemon no longer has those that were missed: look at the objects again. */
export interface EventGap {
  readonly type: 'gap';
  readonly reason: 'expired' | 'slow';
}

export interface EventPosition {
  readonly epoch: string;
  readonly sequence: number;
}

export interface DaemonLink {
  readonly daemon: string;
  openSession(options: OpenOptions): Promise<RemoteSession>;
  /**
   * All events from now on, or from just after `from`. Resolves when the daemon has registered it, so that whatever is
   * done afterwards is seen. The iteration continues over restarts of the daemon.
   */
  subscribe(options: {
    readonly from?: EventPosition;
    readonly signal: AbortSignal;
  }): Promise<AsyncIterable<DaemonEvent | EventGap>>;
  /**
   * Calls back each time the daemon was there, went away and did not come back in time: its clients should not go on waiting.
   *
   * @returns ends it
   */
  onLost(listener: () => void): () => void;
  close(): Promise<void>;
}
