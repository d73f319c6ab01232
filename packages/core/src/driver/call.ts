import type { Identity } from '../auth/identity.js';
import type { VirError } from '../errors/vir-error.js';
import type { Logger } from '../ports/logger.js';

/** What a handler knows of the connection that calls it: libvirt's virConnect, as the owner of a driver sees it. */
export interface Session {
  readonly id: number;
  /** The URI that was opened, in its canonical form. */
  readonly uri: string;
  readonly readOnly: boolean;
  readonly identity: Identity;
  /** Another daemon's own session, in which it speaks for no client: the kernel says that it may. */
  readonly isDaemon?: boolean;
  /**
   * Registers what must happen when the client goes away (autodestroy, a held console).
   * @returns takes the registration back
   */
  onEnd(cleanUp: () => void): () => void;
}

export type StreamItem =
  | { readonly type: 'data'; readonly bytes: Uint8Array }
  | { readonly type: 'hole'; readonly length: bigint };

/** One end of a call's stream. Both directions have their own flow control. */
export interface CallStream {
  /** Ends when the stream does, whoever ended it. */
  readonly signal: AbortSignal;
  /** The next piece from the other side; undefined when it has finished. Throws when it aborted. */
  read(): Promise<StreamItem | undefined>;
  /** Resolves when there is room for more. The bytes may be sent later and must not change. */
  write(bytes: Uint8Array): Promise<void>;
  writeHole(length: bigint): Promise<void>;
  /** Says that nothing more follows, and (for the side that answers) that all that was received is safe. */
  finish(): void;
  /** Breaks the stream in both directions. */
  abort(error: VirError): void;
}

/** One call as its handler sees it. */
export interface Call {
  readonly session: Session;
  /** Aborts when the client goes, cancels, or the deadline passes, and when the daemon stops. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Descriptors that came with the call; the handler owns them. */
  readonly descriptors: readonly number[];
  /** Sends descriptors with the reply; they are closed here once they are sent. */
  sendDescriptors(descriptors: readonly number[]): void;
  /** The stream of a procedure whose row declares one; it begins to flow after the reply. */
  openStream(): CallStream;
}
