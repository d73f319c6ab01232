import { VirError } from '../errors/vir-error.js';
import type { ByteChannel } from '../ports/byte-channel.js';
import type { Clock, Timer } from '../ports/clock.js';
import type { Descriptors } from '../ports/descriptors.js';
import type { Logger } from '../ports/logger.js';
import type { Procedure } from '../protocol/procedure.js';
import { eventFromWire } from './event-frame.js';
import { FlowStream } from './flow-stream.js';
import type { FrameWriter } from './frame-codec.js';
import { FrameLink } from './frame-link.js';
import { errorFromWire, type Frame, type FrameOf } from './frames.js';
import { Handshake, type HandshakeOptions, type PeerGreeting } from './handshake.js';
import { Keepalive, type KeepaliveLimits } from './keepalive.js';
import { LinkLostError } from './link-lost-error.js';
import type { ProcedureCodec } from './procedure-codec.js';
import { ProtocolError } from './protocol-error.js';
import type {
  CallOptions,
  CallResult,
  DaemonEvent,
  EventGap,
  EventPosition,
  OpenOptions,
} from './remote-session.js';
import { StreamTable } from './stream-table.js';

export interface ClientConnectionOptions {
  readonly handshake: HandshakeOptions;
  readonly writer: FrameWriter;
  readonly clock: Clock;
  readonly descriptors: Descriptors;
  readonly keepalive: KeepaliveLimits;
  readonly log?: Logger;
  /** Turns an event's payload into what its row says. Throws when it is something else. */
  checkEvent?(object: DaemonEvent['object'], eventId: number, payload: unknown): unknown;
}

/** Told what comes for one subscription; `position` is where to go on from. */
export type EventListener = (item: DaemonEvent | EventGap, position: EventPosition) => void;

export interface Subscribed {
  readonly position: EventPosition;
  unsubscribe(): void;
}

interface PendingAnswer {
  succeed(frame: FrameOf<'reply'>): void;
  fail(error: Error): void;
}

/** A daemon at the other end of one channel, until that closes. Knows nothing of reconnecting. */
export class ClientConnection {
  readonly ready: Promise<PeerGreeting>;
  readonly #options: ClientConnectionOptions;
  readonly #link: FrameLink;
  readonly #handshake: Handshake;
  readonly #keepalive: Keepalive;
  readonly #pending = new Map<number, PendingAnswer>();
  readonly #streams = new StreamTable();
  readonly #listeners = new Map<number, EventListener>();
  #lastId = 0;
  #failReady: (error: Error) => void = () => undefined;
  #onLost: (error: LinkLostError) => void = () => undefined;
  #isLeaving = false;

  constructor(channel: ByteChannel, options: ClientConnectionOptions) {
    this.#options = options;
    this.#link = new FrameLink(channel, options);
    let succeed: (peer: PeerGreeting) => void = () => undefined;
    this.ready = new Promise((resolve, reject) => {
      succeed = resolve;
      this.#failReady = reject;
    });
    this.#handshake = new Handshake(this.#link, options.handshake, (peer) => succeed(peer));
    this.#keepalive = new Keepalive(this.#link, {
      clock: options.clock,
      limits: options.keepalive,
      isWaiting: () => this.#pending.size > 0 || this.#listeners.size > 0,
    });
  }

  /** The daemon has said that it stops, or the link is closed. */
  get isLeaving(): boolean {
    return this.#isLeaving || !this.#link.isOpen;
  }

  /** @param onLost called once, when the channel closes for whatever reason */
  start(onLost: (error: LinkLostError) => void): void {
    this.#onLost = onLost;
    this.#link.start({
      onFrame: (frame) => this.#receive(frame),
      onClose: (error) => this.#closed(error),
    });
    this.#handshake.start();
    this.#keepalive.start();
  }

  async open(session: number, options: OpenOptions): Promise<void> {
    await this.#ask((id) => {
      const { uri, readOnly, identity = null } = options;
      this.#link.send({ type: 'open', id, session, uri, readOnly, identity });
    });
  }

  async close(session: number): Promise<void> {
    await this.#ask((id) => this.#link.send({ type: 'close', id, session }));
  }

  /** Resolves when the daemon has registered it, with the position after which its events come. */
  async subscribe(from: EventPosition | undefined, listener: EventListener): Promise<Subscribed> {
    const subscription = ++this.#lastId;
    this.#listeners.set(subscription, listener);
    const reply = await this.#ask((id) => {
      const position = { epoch: from?.epoch ?? null, sequence: from?.sequence ?? 0 };
      this.#link.send({ type: 'subscribe', id, subscription, ...position });
    });
    if (!Number.isSafeInteger(reply.values)) throw new ProtocolError('subscription without a position');
    const epoch = this.#handshake.peer?.epoch ?? '';
    return {
      position: from ?? { epoch, sequence: reply.values as number },
      unsubscribe: () => {
        if (this.#listeners.delete(subscription)) this.#link.send({ type: 'unsubscribe', subscription });
      },
    };
  }

  /** @throws (as rejection) VirError that the daemon answered, LinkLostError, the signal's reason */
  call(
    session: number,
    target: { program: number; row: Procedure },
    args: unknown,
    options: CallOptions = {},
  ): Promise<CallResult> {
    const { signal, deadlineMs = 0, descriptors = [] } = options;
    const codec = this.#handshake.codecOf(target.program, target.row);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (!this.#link.isOpen || signal?.aborted) {
        this.#link.closeDescriptors(descriptors);
        reject(signal?.aborted ? signal.reason : new LinkLostError(false));
        return;
      }
      let carried: unknown;
      try {
        carried = codec.writeArgs(args);
      } catch (error) {
        this.#link.closeDescriptors(descriptors);
        reject(error);
        return;
      }
      const release = this.#watch(id, { signal, deadlineMs, reject });
      this.#pending.set(id, {
        succeed: (frame) => {
          release();
          this.#answer(codec, frame, resolve, reject);
        },
        fail: (error) => {
          release();
          reject(error);
        },
      });
      const { program, row } = target;
      const head = { id, session, program, procedure: row.number, descriptors: descriptors.length };
      this.#link.send(
        { type: 'call', ...head, deadlineMs: Math.ceil(deadlineMs), args: carried },
        descriptors,
      );
    });
  }

  end(): void {
    this.#isLeaving = true;
    this.#link.end();
  }

  destroy(error?: Error): void {
    this.#link.destroy(error);
  }

  // Cancels the call when its signal aborts or its deadline passes. @returns lets go of both
  #watch(
    id: number,
    limits: { signal: AbortSignal | undefined; deadlineMs: number; reject: (reason: unknown) => void },
  ): () => void {
    const { signal, deadlineMs, reject } = limits;
    let timer: Timer | undefined;
    const giveUp = (reason: unknown): void => {
      release();
      this.#pending.delete(id);
      this.#link.send({ type: 'cancel', id });
      reject(reason);
    };
    const onAbort = (): void => giveUp(signal?.reason);
    const release = (): void => {
      timer?.cancel();
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    if (deadlineMs > 0) {
      timer = this.#options.clock.setTimer(deadlineMs, () => {
        giveUp(VirError.of('OPERATION_TIMEOUT', `no answer within ${deadlineMs} ms`, { domain: 'RPC' }));
      });
    }
    return release;
  }

  #ask(send: (id: number) => void): Promise<FrameOf<'reply'>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (!this.#link.isOpen) {
        reject(new LinkLostError(false));
        return;
      }
      this.#pending.set(id, { succeed: resolve, fail: reject });
      send(id);
    });
  }

  #answer(
    codec: ProcedureCodec,
    frame: FrameOf<'reply'>,
    resolve: (result: CallResult) => void,
    reject: (reason: unknown) => void,
  ): void {
    const descriptors = this.#link.takeDescriptors(frame.descriptors);
    try {
      const values = codec.readReturns(frame.values);
      resolve(
        frame.stream ? { values, descriptors, stream: this.#openStream(frame.id) } : { values, descriptors },
      );
    } catch (cause) {
      this.#link.closeDescriptors(descriptors);
      reject(VirError.of('RPC', 'Unable to decode message payload', { domain: 'RPC', cause }));
      throw new ProtocolError('reply does not fit its procedure', { cause });
    }
  }

  #openStream(id: number): FlowStream {
    const stream = new FlowStream({
      id,
      started: true,
      send: (frame) => this.#link.send(frame),
      sendData: (streamId, bytes) => this.#link.sendData(streamId, bytes),
      onEnd: () => this.#streams.delete(id),
    });
    this.#streams.add(id, stream);
    return stream;
  }

  #receive(frame: Frame): void {
    if (this.#handshake.receive(frame)) return;
    switch (frame.type) {
      case 'reply':
        this.#reply(frame);
        return;
      case 'error':
        this.#take(frame.id)?.fail(VirError.fromFields(errorFromWire(frame.error)));
        return;
      case 'event':
        this.#event(frame);
        return;
      case 'gap': {
        const { epoch } = this.#handshake.peer ?? { epoch: '' };
        const reason = frame.reason === 'slow' ? 'slow' : 'expired';
        this.#listeners.get(frame.subscription)?.(
          { type: 'gap', reason },
          { epoch, sequence: frame.sequence },
        );
        return;
      }
      case 'goodbye':
        this.#isLeaving = true;
        return;
      case 'ping':
        this.#link.send({ type: 'pong' });
        return;
      case 'pong':
        return;
      default:
        if (!this.#streams.receive(frame)) throw new ProtocolError(`${frame.type} frame from a daemon`);
    }
  }

  #event(frame: FrameOf<'event'>): void {
    const { epoch } = this.#handshake.peer ?? { epoch: '' };
    const event = eventFromWire(frame.event, epoch);
    const listener = this.#listeners.get(frame.subscription);
    const { sequence, object, eventId } = event;
    const { checkEvent, log } = this.#options;
    try {
      const payload = checkEvent === undefined ? event.payload : checkEvent(object, eventId, event.payload);
      listener?.({ ...event, payload }, { epoch, sequence });
    } catch (error) {
      // Asking for it again would bring it again: the listener has to look for itself.
      log?.error('event does not fit its row', { object, eventId, error });
      listener?.({ type: 'gap', reason: 'expired' }, { epoch, sequence });
    }
  }

  #reply(frame: FrameOf<'reply'>): void {
    const pending = this.#take(frame.id);
    if (pending !== undefined) {
      pending.succeed(frame);
      return;
    }
    // The caller has given up meanwhile.
    this.#link.closeDescriptors(this.#link.takeDescriptors(frame.descriptors));
    if (frame.stream)
      this.#openStream(frame.id).abort(VirError.of('OPERATION_ABORTED', 'cancelled by the caller'));
  }

  #take(id: number): PendingAnswer | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #closed(cause: Error | undefined): void {
    this.#keepalive.stop();
    const lost = new LinkLostError(true, cause);
    this.#failReady(lost);
    for (const pending of this.#pending.values()) pending.fail(lost);
    this.#pending.clear();
    this.#listeners.clear();
    for (const [, stream] of [...this.#streams]) stream.fail(lost.asVirError());
    this.#onLost(lost);
  }
}
