import type { Identity } from '@modvirt/core/auth';
import { VirError } from '@modvirt/core/errors';
import type { ByteChannel, Clock, Descriptors, Logger, Timer } from '@modvirt/core/ports';
import { MESSAGE_MAX, messageStatuses, messageTypes, WireFormatError, XdrReader } from '@modvirt/core/wire';
import type { ProgramTable, RelayedProcedure } from '../calls/program-table.js';
import { CallQueue } from './call-queue.js';
import { ClientKeepalive, isKeepalive } from './client-keepalive.js';
import type { ClientLimits } from './client-limits.js';
import { ClientOutput } from './client-output.js';
import { ClientStreams } from './client-streams.js';
import { type IncomingMessage, MessageSource } from './message-source.js';

/** A call that was found and decoded. Descriptors that are left in its message are closed when it is over. */
export interface IncomingCall {
  readonly message: IncomingMessage;
  readonly procedure: RelayedProcedure;
  readonly args: unknown;
}

/** What serves the calls of one client: the proxy's relay, or the admin server. */
export interface CallServer {
  /** Whether this procedure may be called before authentication. */
  mayPrecedeAuth(procedure: RelayedProcedure): boolean;
  /** Answers by `client.output`. What it throws is sent as the answer. */
  serve(call: IncomingCall, client: ClientConnection): void | Promise<void>;
  onClose(): void;
}

export interface ClientOptions {
  readonly id: number;
  readonly channel: ByteChannel;
  readonly table: ProgramTable;
  readonly limits: ClientLimits;
  readonly clock: Clock;
  readonly descriptors: Descriptors;
  readonly log: Logger;
  readonly readOnly: boolean;
  readonly needsAuth: boolean;
  readonly transport: 'unix' | 'tcp' | 'tls';
}

/** One client: its bytes become calls, so many are served at a time, answers go back as they come. */
export class ClientConnection {
  readonly id: number;
  readonly connectedSeconds: number;
  readonly output: ClientOutput;
  readonly streams: ClientStreams;
  readonly keepalive: ClientKeepalive;
  readonly options: ClientOptions;
  isAuthenticated: boolean;
  identity: Identity;
  readonly #source: MessageSource;
  readonly #calls: CallQueue;
  #server: CallServer | undefined;
  #onGone: () => void = () => undefined;
  #isClosing = false;
  #isPaused = false;
  #heardMs = 0;
  #authTimer: Timer | undefined;
  #authenticating: AbortController | undefined;
  #partialTimer: Timer | undefined;
  readonly #log: Logger;

  constructor(options: ClientOptions) {
    const { channel, clock, limits, log, table } = options;
    this.options = options;
    this.id = options.id;
    this.#log = log.child({ component: 'rpc.client', client: this.id });
    this.connectedSeconds = Math.floor(clock.now() / 1000);
    this.isAuthenticated = !options.needsAuth;
    this.identity = identityOf(channel);
    this.output = new ClientOutput(channel, clock, limits);
    this.streams = new ClientStreams(this.output, this.#log, () => this.#regulate());
    this.#source = new MessageSource(
      () => (this.isAuthenticated ? MESSAGE_MAX : limits.anonymousMessageBytes),
      options.descriptors,
    );
    this.#calls = new CallQueue({
      places: limits.requests,
      isHigh: ({ header }) => table.procedure(header.program, header.procedure)?.row.priority === 'high',
      mayBegin: () => !this.output.isBacklogged,
      serve: (message) => this.#answer(message),
      onChange: () => this.#regulate(),
    });
    this.keepalive = new ClientKeepalive({
      clock,
      intervalSeconds: limits.keepaliveIntervalSeconds,
      count: limits.keepaliveCount,
      send: (bytes) => this.output.send(bytes),
      isListening: () => !this.#isPaused,
      onDead: () => channel.destroy(new Error('connection closed due to keepalive timeout')),
    });
  }

  /** Calls that have come and not begun. */
  get waitingCalls(): number {
    return this.#calls.waiting;
  }

  /** Starts reading. @param onGone called once, when the connection is over */
  start(server: CallServer, onGone: () => void): void {
    const { channel } = this.options;
    this.#server = server;
    this.#onGone = onGone;
    if (!this.isAuthenticated) this.#limitAuthentication();
    channel.setHandlers({
      onData: (bytes) => this.#guard(() => this.#receive(bytes)),
      onDescriptors: (descriptors) => this.#guard(() => this.#source.pushDescriptors(descriptors)),
      onDrain: () => {
        this.output.onDrain();
        this.#calls.pump();
        this.#regulate();
      },
      onPeerGone: () => channel.destroy(),
      onClose: (error) => {
        if (error !== undefined) this.#log.info('client connection broke', { error: error.message });
        this.#closed();
      },
    });
  }

  authenticated(identity: Identity = this.identity): void {
    this.identity = identity;
    this.isAuthenticated = true;
    this.#authTimer?.cancel();
  }

  /** Lets in the client unless `check` throws. A person may be asked: the time that takes has its own limit. */
  async authenticate(check: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#authenticating !== undefined) throw rpcError('authentication is going on');
    this.#authTimer?.cancel();
    this.#authenticating = new AbortController();
    try {
      await check(this.#authenticating.signal);
      this.authenticated();
    } finally {
      this.#authenticating = undefined;
      if (!this.isAuthenticated && !this.#isClosing) this.#limitAuthentication();
    }
  }

  #limitAuthentication(): void {
    const { clock, channel, limits } = this.options;
    this.#authTimer = clock.setTimer(limits.anonymousMs, () => {
      if (!this.isAuthenticated) channel.destroy(new Error('the client did not authenticate in time'));
    });
  }

  /** Closes when what was written is sent. */
  end(): void {
    this.#isClosing = true;
    this.options.channel.end();
  }

  /** Closes at once: an administrator wants it. */
  destroy(reason: string): void {
    this.options.channel.destroy(new Error(reason));
  }

  #closed(): void {
    this.#isClosing = true;
    this.#authTimer?.cancel();
    this.#authenticating?.abort(new Error('the client is gone'));
    this.#partialTimer?.cancel();
    this.keepalive.stop();
    this.output.close();
    this.streams.close();
    this.#source.close();
    for (const message of this.#calls.clear()) this.#closeDescriptors(message);
    this.#server?.onClose();
    this.#onGone();
  }

  // What a client sends can break its own connection, and nothing else.
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof WireFormatError)) this.#log.error('client handling failed', { error });
      this.options.channel.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #receive(bytes: Uint8Array): void {
    this.#heardMs = this.options.clock.monotonicMs();
    this.keepalive.heard(this.#heardMs);
    this.#source.push(bytes);
    for (let message = this.#source.next(); message !== undefined; message = this.#source.next()) {
      if (this.#isClosing) {
        this.#closeDescriptors(message);
        return;
      }
      this.#dispatch(message);
    }
    if (this.#source.isPartial) this.#watchPartial();
    this.#regulate();
  }

  #dispatch(message: IncomingMessage): void {
    const { header } = message;
    if (isKeepalive(header)) {
      this.keepalive.receive(header.procedure);
      return;
    }
    switch (header.type) {
      case messageTypes.call:
      case messageTypes.callWithDescriptors:
        this.#calls.add(message);
        return;
      case messageTypes.stream:
      case messageTypes.streamHole:
        this.streams.receive(message);
        return;
      default:
      // A reply or an event from a client means nothing to us; libvirt says nothing either.
    }
  }

  // Whoever begins a message and does not end it holds its memory.
  #watchPartial(): void {
    if (this.#partialTimer !== undefined) return;
    const { clock, limits, channel } = this.options;
    const check = (): void => {
      this.#partialTimer = undefined;
      if (!this.#source.isPartial) return;
      const silentMs = clock.monotonicMs() - this.#heardMs;
      if (!this.#isPaused && silentMs >= limits.stalledMs) {
        channel.destroy(new Error(`the client sent part of a message and nothing for ${silentMs} ms`));
        return;
      }
      const leftMs = this.#isPaused ? limits.stalledMs : limits.stalledMs - silentMs;
      this.#partialTimer = clock.setTimer(leftMs, check, { holds: false });
    };
    this.#partialTimer = clock.setTimer(limits.stalledMs, check, { holds: false });
  }

  // A client that sends more than is served, streams faster than the daemon takes, or does not read, is not read for a while.
  #regulate(): void {
    const isFull = this.#calls.isFull || this.streams.isFull || this.output.isBacklogged;
    if (isFull === this.#isPaused || this.#isClosing) return;
    this.#isPaused = isFull;
    if (isFull) {
      this.options.channel.pause();
    } else {
      this.#heardMs = this.options.clock.monotonicMs();
      this.keepalive.heard(this.#heardMs);
      this.options.channel.resume();
    }
  }

  /** Serves a call to its end; what goes wrong is its answer. */
  #answer(message: IncomingMessage): void | Promise<void> {
    const served = this.#begin(message);
    if (served === undefined) {
      this.#closeDescriptors(message);
      return undefined;
    }
    return served.then(
      () => this.#closeDescriptors(message),
      (error: unknown) => {
        this.#answerError(message, error);
        this.#closeDescriptors(message);
      },
    );
  }

  #begin(message: IncomingMessage): void | Promise<void> {
    try {
      return this.#serve(message);
    } catch (error) {
      this.#answerError(message, error);
      return undefined;
    }
  }

  #serve(message: IncomingMessage): void | Promise<void> {
    if (this.#isClosing) return undefined;
    const { header, payload } = message;
    const { table } = this.options;
    if (table.find(header.program, header.version) === undefined) {
      throw rpcError(`Cannot find program ${header.program} version ${header.version}`);
    }
    if (header.status !== messageStatuses.ok) throw rpcError(`Unexpected message status ${header.status}`);
    const procedure = table.procedure(header.program, header.procedure);
    if (procedure === undefined) throw rpcError(`unknown procedure: ${header.procedure}`);
    this.#log.debug('call', { procedure: procedure.name, serial: header.serial });
    if (!this.isAuthenticated && !this.#server?.mayPrecedeAuth(procedure))
      throw rpcError('authentication required');
    return this.#server?.serve({ message, procedure, args: decodeArgs(procedure, payload) }, this);
  }

  #answerError(message: IncomingMessage, error: unknown): void {
    if (!this.options.channel.isOpen) return;
    this.#guard(() => this.output.replyError(message.header, asVirError(error, this.#log)));
  }

  #closeDescriptors(message: IncomingMessage): void {
    for (const descriptor of message.descriptors.splice(0)) this.options.descriptors.close(descriptor);
  }
}

// Bytes behind the arguments are ignored, as libvirt does.
function decodeArgs(procedure: RelayedProcedure, payload: Uint8Array): unknown {
  try {
    return procedure.args.decode(new XdrReader(payload));
  } catch (error) {
    if (!(error instanceof WireFormatError)) throw error;
    throw rpcError('Unable to decode message payload');
  }
}

/** An error of the conversation itself: code and domain as libvirt's RPC layer raises them. */
export function rpcError(text: string): VirError {
  return VirError.of('RPC', text, { domain: 'RPC' });
}

function asVirError(error: unknown, log: Logger): VirError {
  if (error instanceof VirError) return error;
  log.error('call failed', { error });
  return VirError.of('INTERNAL_ERROR', error instanceof Error ? error.message : String(error), {
    domain: 'RPC',
  });
}

function identityOf(channel: ByteChannel): Identity {
  const { peer } = channel;
  if (peer === undefined) return {};
  return {
    uid: peer.uid,
    gid: peer.gid,
    pid: peer.pid,
    ...(peer.startTimeTicks === undefined ? {} : { processStartTime: peer.startTimeTicks }),
    ...(peer.securityContext === undefined ? {} : { selinuxContext: peer.securityContext }),
  };
}
