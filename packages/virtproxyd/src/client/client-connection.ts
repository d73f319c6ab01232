import type { Identity } from '@modvirt/core/auth';
import { VirError } from '@modvirt/core/errors';
import type { ByteChannel, Clock, Descriptors, Logger, Timer } from '@modvirt/core/ports';
import { MESSAGE_MAX, messageStatuses, messageTypes, WireFormatError, XdrReader } from '@modvirt/core/wire';
import type { ProgramTable, RelayedProcedure } from '../calls/program-table.js';
import { ClientKeepalive, KEEPALIVE_PROGRAM } from './client-keepalive.js';
import type { ClientLimits } from './client-limits.js';
import { ClientOutput } from './client-output.js';
import { ClientStreams } from './client-streams.js';
import { type IncomingMessage, MessageSource } from './message-source.js';

/** A call that was found and decoded. */
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
}

/** One client: its bytes become calls, the calls of one client are served so many at a time, answers go back as they come. */
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
  readonly #waiting: IncomingMessage[] = [];
  #server: CallServer | undefined;
  #onGone: () => void = () => undefined;
  #running = 0;
  #runningHigh = 0;
  #isClosing = false;
  #isPaused = false;
  #authTimer: Timer | undefined;

  constructor(options: ClientOptions) {
    const { channel, clock, limits, log } = options;
    this.options = options;
    this.id = options.id;
    this.connectedSeconds = Math.floor(clock.now() / 1000);
    this.isAuthenticated = !options.needsAuth;
    this.identity = identityOf(channel);
    this.output = new ClientOutput(channel, clock, limits);
    this.streams = new ClientStreams(this.output, log);
    this.#source = new MessageSource(
      () => (this.isAuthenticated ? MESSAGE_MAX : limits.anonymousMessageBytes),
      options.descriptors,
    );
    this.keepalive = new ClientKeepalive({
      clock,
      intervalSeconds: limits.keepaliveIntervalSeconds,
      count: limits.keepaliveCount,
      send: (bytes) => this.output.send(bytes),
      onDead: () => channel.destroy(new Error('connection closed due to keepalive timeout')),
    });
  }

  /** Starts reading. @param onGone called once, when the connection is over */
  start(server: CallServer, onGone: () => void): void {
    const { channel, clock, limits, log } = this.options;
    this.#server = server;
    this.#onGone = onGone;
    if (!this.isAuthenticated) {
      this.#authTimer = clock.setTimer(limits.anonymousMs, () => {
        if (!this.isAuthenticated) channel.destroy(new Error('the client did not authenticate in time'));
      });
    }
    channel.setHandlers({
      onData: (bytes) => this.#guard(() => this.#receive(bytes)),
      onDescriptors: (descriptors) => this.#guard(() => this.#source.pushDescriptors(descriptors)),
      onDrain: () => this.output.onDrain(),
      onClose: (error) => {
        if (error !== undefined)
          log.info('client connection broke', { client: this.id, error: error.message });
        this.#closed();
      },
    });
  }

  authenticated(identity: Identity = this.identity): void {
    this.identity = identity;
    this.isAuthenticated = true;
    this.#authTimer?.cancel();
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
    this.keepalive.stop();
    this.output.close();
    this.streams.close();
    this.#source.close();
    for (const message of this.#waiting.splice(0)) this.#closeDescriptors(message);
    this.#server?.onClose();
    this.#onGone();
  }

  // What a client sends can break its own connection, and nothing else.
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof WireFormatError)) this.options.log.error('client handling failed', { error });
      this.options.channel.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #receive(bytes: Uint8Array): void {
    this.keepalive.heard();
    this.#source.push(bytes);
    for (let message = this.#source.next(); message !== undefined; message = this.#source.next()) {
      if (this.#isClosing) return;
      this.#dispatch(message);
    }
    this.#regulate();
  }

  #dispatch(message: IncomingMessage): void {
    const { header } = message;
    if (header.program === KEEPALIVE_PROGRAM) {
      if (header.type === messageTypes.message) this.keepalive.receive(header.procedure);
      return;
    }
    switch (header.type) {
      case messageTypes.call:
      case messageTypes.callWithDescriptors:
        if (this.#hasRoomFor(message)) this.#run(message);
        else this.#waiting.push(message);
        return;
      case messageTypes.stream:
      case messageTypes.streamHole:
        this.streams.receive(message);
        return;
      default:
        // A reply or an event from a client means nothing to us; libvirt says nothing either.
        this.#closeDescriptors(message);
    }
  }

  #isHigh(message: IncomingMessage): boolean {
    const { program, procedure } = message.header;
    return this.options.table.procedure(program, procedure)?.row.priority === 'high';
  }

  // Calls that never wait for a guest have places of their own, so that they are answered while others hang.
  #hasRoomFor(message: IncomingMessage): boolean {
    const { requests } = this.options.limits;
    if (this.#isHigh(message)) return this.#runningHigh < requests;
    return this.#running < requests && !this.#waiting.some((one) => !this.#isHigh(one));
  }

  // A client that sends more than is served at a time, or streams faster than the daemon takes, is not read for a while.
  #regulate(): void {
    const { requests } = this.options.limits;
    const isFull = this.#waiting.length > 2 * requests || this.streams.unwrittenBytes > STREAM_BACKLOG_BYTES;
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.options.channel.pause();
    else this.options.channel.resume();
    if (isFull && this.#waiting.length <= 2 * requests) {
      this.options.clock.setTimer(STREAM_RETRY_MS, () => this.#regulate(), { holds: false });
    }
  }

  #run(message: IncomingMessage): void {
    const isHigh = this.#isHigh(message);
    const finished = (): void => {
      if (isHigh) this.#runningHigh -= 1;
      else this.#running -= 1;
      this.#runWaiting();
    };
    if (isHigh) this.#runningHigh += 1;
    else this.#running += 1;
    let served: void | Promise<void>;
    try {
      served = this.#serve(message);
    } catch (error) {
      this.#answerError(message, error);
      served = undefined;
    }
    if (served === undefined) finished();
    else served.catch((error: unknown) => this.#answerError(message, error)).then(finished, finished);
  }

  #runWaiting(): void {
    for (let i = 0; i < this.#waiting.length; i++) {
      const message = this.#waiting[i] as IncomingMessage;
      const { requests } = this.options.limits;
      if ((this.#isHigh(message) ? this.#runningHigh : this.#running) >= requests) continue;
      this.#waiting.splice(i, 1);
      this.#run(message);
      return;
    }
    this.#regulate();
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
    if (!this.isAuthenticated && !this.#server?.mayPrecedeAuth(procedure))
      throw rpcError('authentication required');
    return this.#server?.serve({ message, procedure, args: decodeArgs(procedure, payload) }, this);
  }

  #answerError(message: IncomingMessage, error: unknown): void {
    this.#closeDescriptors(message);
    if (!this.options.channel.isOpen) return;
    this.output.replyError(message.header, asVirError(error, this.options.log));
  }

  #closeDescriptors(message: IncomingMessage): void {
    for (const descriptor of message.descriptors) this.options.descriptors.close(descriptor);
  }
}

const STREAM_BACKLOG_BYTES = 4 * 1024 * 1024;
const STREAM_RETRY_MS = 20;

function decodeArgs(procedure: RelayedProcedure, payload: Uint8Array): unknown {
  const from = new XdrReader(payload);
  try {
    const args = procedure.args.decode(from);
    if (from.remaining === 0) return args;
  } catch (error) {
    if (!(error instanceof WireFormatError)) throw error;
  }
  throw rpcError('Unable to decode message payload');
}

/** An error of the conversation itself: code and domain as libvirt's RPC layer raises them. */
export function rpcError(text: string): VirError {
  return VirError.of('RPC', text, { domain: 'RPC' });
}

function asVirError(error: unknown, log: Logger): VirError {
  if (error instanceof VirError) return error.inDomain('RPC');
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
