import { VirError } from '@modvirt/core/errors';
import { type Clock, DeadlineError, type Descriptors, startDeadline } from '@modvirt/core/ports';
import type { Procedure } from '@modvirt/core/protocol';
import {
  type CallOptions,
  type CallResult,
  type ClientConnection,
  LinkLostError,
  type OpenOptions,
  type RemoteSession,
} from '@modvirt/core/rpc';
import type { Connector } from './connector.js';

export interface LinkSessionOptions {
  /** The session's number on every connection of its link. */
  readonly number: number;
  readonly open: OpenOptions;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly descriptors: Descriptors;
  onClosed(): void;
}

interface Target {
  readonly program: number;
  readonly row: Procedure;
}

interface SentCall {
  readonly connection: ClientConnection;
  readonly target: Target;
  readonly args: unknown;
  readonly options: CallOptions;
  readonly tries: number;
}

/** A daemon that dies again and again at one call must not be asked for ever. */
const MAX_TRIES = 3;

/** A session that outlives the connections it runs over. */
export class LinkSession implements RemoteSession {
  readonly #options: LinkSessionOptions;
  #openOn: ClientConnection | undefined;
  #opening: { readonly on: ClientConnection; readonly done: Promise<void> } | undefined;
  #isClosed = false;

  constructor(options: LinkSessionOptions) {
    this.#options = options;
  }

  get uri(): string {
    return this.#options.open.uri;
  }

  call(program: number, row: Procedure, args: unknown, options: CallOptions = {}): Promise<CallResult> {
    const target = { program, row };
    const { current } = this.#options.connector;
    if (this.#isClosed || current === undefined || current !== this.#openOn) {
      return this.#callWhenOpen(target, args, options, 1);
    }
    return current
      .call(this.#options.number, target, args, options)
      .catch((error: unknown) =>
        this.#recover(error, { connection: current, target, args, options, tries: 1 }),
      );
  }

  /** Opens it on this connection, unless it is. */
  openOn(connection: ClientConnection): Promise<void> {
    if (this.#openOn === connection) return Promise.resolve();
    if (this.#opening?.on === connection) return this.#opening.done;
    const done = connection.open(this.#options.number, this.#options.open).then(() => {
      this.#openOn = connection;
    });
    this.#opening = { on: connection, done };
    return done;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { connector, number, onClosed } = this.#options;
    try {
      const { current } = connector;
      if (current !== undefined && current === this.#openOn) await current.close(number);
    } catch (error) {
      // A connection that is gone has taken the session with it.
      if (!(error instanceof LinkLostError)) throw error;
    } finally {
      onClosed();
    }
  }

  async #callWhenOpen(
    target: Target,
    args: unknown,
    options: CallOptions,
    tries: number,
  ): Promise<CallResult> {
    const { connector, number, clock, descriptors } = this.#options;
    const started = clock.monotonicMs();
    const deadline = options.deadlineMs
      ? startDeadline(clock, 'waiting for the daemon', options.deadlineMs, options.signal)
      : undefined;
    let connection: ClientConnection;
    try {
      if (this.#isClosed) throw new LinkLostError(false);
      connection = await connector.connection(deadline?.signal ?? options.signal);
      await this.openOn(connection);
    } catch (error) {
      for (const descriptor of options.descriptors ?? []) descriptors.close(descriptor);
      if (
        error instanceof LinkLostError &&
        !this.#isClosed &&
        tries < MAX_TRIES &&
        !options.descriptors?.length
      ) {
        return this.#callWhenOpen(target, args, options, tries + 1);
      }
      throw forCaller(error);
    } finally {
      deadline?.cancel();
    }
    const left = options.deadlineMs ? options.deadlineMs - (clock.monotonicMs() - started) : undefined;
    const rest = left === undefined ? options : { ...options, deadlineMs: Math.max(left, 1) };
    return connection
      .call(number, target, args, rest)
      .catch((error: unknown) => this.#recover(error, { connection, target, args, options: rest, tries }));
  }

  // The daemon went away: asks again what may be asked twice, and what it cannot have seen.
  #recover(error: unknown, call: SentCall): Promise<CallResult> {
    const { target, args, options, tries } = call;
    const isLost = error instanceof LinkLostError;
    if (!isLost && !wasCutOff(error, call.connection)) throw error;
    const mayRepeat = target.row.repeatable || (isLost && !error.wasSent);
    const isOver = this.#isClosed || this.#options.connector.isClosed || tries >= MAX_TRIES;
    if (!mayRepeat || isOver || options.descriptors?.length) throw forCaller(error);
    return this.#callWhenOpen(target, args, options, tries + 1);
  }
}

/** The daemon stopped and ended the call early. */
function wasCutOff(error: unknown, connection: ClientConnection): boolean {
  return connection.isLeaving && error instanceof VirError && error.is('OPERATION_ABORTED');
}

function forCaller(error: unknown): unknown {
  if (error instanceof LinkLostError) return error.asVirError();
  if (!(error instanceof DeadlineError)) return error;
  return VirError.of('OPERATION_TIMEOUT', error.message, { domain: 'RPC', cause: error });
}
