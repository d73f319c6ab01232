import { lstatSync, unlinkSync } from 'node:fs';
import type { Native, PollHandle } from '@modvirt/native';
import type { ByteChannel } from '../ports/byte-channel.js';
import type { Listener, ListenerHandlers } from '../ports/listener.js';
import { hasCode, toError } from './native-error.js';

/** Connections taken for one readiness. */
const ACCEPTS_PER_TURN = 32;
/** Nothing tells when a descriptor becomes free again. */
const RETRY_MS = 100;

interface UnixListenerParts {
  readonly native: Native;
  readonly descriptor: number;
  readonly path: string;
  /** Whether the path goes when the listener does. */
  readonly ownsPath: boolean;
  /** Owns the connection, also when it throws. */
  readonly toChannel: (connection: number) => ByteChannel;
}

interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

export class UnixListener implements Listener {
  readonly #parts: UnixListenerParts;
  readonly #poll: PollHandle;
  readonly #file: FileIdentity | undefined;
  #handlers: ListenerHandlers | undefined;
  #retry: NodeJS.Timeout | undefined;
  #paused = false;
  #closed = false;

  constructor(parts: UnixListenerParts) {
    this.#parts = parts;
    this.#poll = parts.native.pollOpen(parts.descriptor, () => this.#accept());
    this.#file = parts.ownsPath ? identityOf(parts.path) : undefined;
  }

  get description(): string {
    return `unix ${this.#parts.path}`;
  }

  get descriptor(): number {
    return this.#parts.descriptor;
  }

  start(handlers: ListenerHandlers): void {
    this.#handlers = handlers;
    this.#watch();
  }

  pause(): void {
    this.#paused = true;
    this.#watch();
  }

  resume(): void {
    this.#paused = false;
    this.#watch();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#parts.native.pollClose(this.#poll);
    this.#parts.native.closeDescriptor(this.#parts.descriptor);
    if (this.#file !== undefined) removeSame(this.#parts.path, this.#file);
  }

  #watch(): void {
    if (this.#closed) return;
    const isTaking = this.#handlers !== undefined && !this.#paused && this.#retry === undefined;
    this.#parts.native.pollStart(this.#poll, isTaking ? 1 : 0);
  }

  #accept(): void {
    for (let count = 0; count < ACCEPTS_PER_TURN && !this.#paused && !this.#closed; count++) {
      const channel = this.#acceptOne();
      if (channel === undefined) return;
      this.#handlers?.onChannel(channel);
    }
  }

  #acceptOne(): ByteChannel | undefined {
    try {
      const connection = this.#parts.native.acceptConnection(this.#parts.descriptor);
      return connection < 0 ? undefined : this.#parts.toChannel(connection);
    } catch (error) {
      this.#standBack(toError(error));
      return undefined;
    }
  }

  /** The connection still waits, so the socket stays ready: leave it alone for a while. */
  #standBack(error: Error): void {
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#watch();
    }, RETRY_MS);
    this.#watch();
    this.#handlers?.onError(error);
  }
}

/** Removes the socket at `path` if nobody listens on it any more. */
export function removeStaleSocket(native: Native, path: string): void {
  if (path.startsWith('@')) return;
  const file = identityOf(path);
  if (file === undefined) return;
  try {
    const connection = native.connectUnix(path);
    if (connection >= 0) native.closeDescriptor(connection);
  } catch (error) {
    if (!hasCode(error, 'ECONNREFUSED')) throw error;
    removeSame(path, file);
  }
}

function identityOf(path: string): FileIdentity | undefined {
  const facts = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return facts?.isSocket() ? facts : undefined;
}

/** Another program may have put its own socket there meanwhile. */
function removeSame(path: string, file: FileIdentity): void {
  const now = identityOf(path);
  if (now === undefined || now.dev !== file.dev || now.ino !== file.ino) return;
  try {
    unlinkSync(path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}
