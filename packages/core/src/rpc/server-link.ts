import { VirError } from '../errors/vir-error.js';
import type { ByteChannel } from '../ports/byte-channel.js';
import type { Logger } from '../ports/logger.js';
import { dispatch } from './dispatch.js';
import { EventFeed } from './event-feed.js';
import { FrameLink } from './frame-link.js';
import { errorToWire, type Frame, type FrameOf } from './frames.js';
import { Handshake } from './handshake.js';
import { identityFromWire, identityOfPeer } from './identity-frame.js';
import { CALLS_MAX, SESSIONS_MAX, SUBSCRIPTIONS_MAX } from './limits.js';
import { ProtocolError } from './protocol-error.js';
import { type CallLink, callEnded, ServerCall } from './server-call.js';
import { asVirError, type ServerContext } from './server-context.js';
import { ServerSession } from './server-session.js';
import { StreamTable } from './stream-table.js';

/** One peer of a daemon: its sessions, calls, streams and subscriptions. What it does wrong costs itself only. */
export class ServerLink {
  readonly #context: ServerContext;
  readonly #link: FrameLink;
  readonly #log: Logger;
  readonly #handshake: Handshake;
  readonly #sessions = new Map<number, ServerSession>();
  readonly #calls = new Map<number, ServerCall>();
  readonly #streams = new StreamTable();
  /** Whose each stream is: they outlive their calls. */
  readonly #streamSessions = new Map<number, ServerSession>();
  readonly #feeds = new Map<number, EventFeed>();

  readonly #onClosed: () => void;

  constructor(channel: ByteChannel, context: ServerContext, onClosed: () => void) {
    this.#onClosed = onClosed;
    this.#context = context;
    this.#log = context.log.child({ component: 'rpc.server', peer: channel.description });
    this.#link = new FrameLink(channel, context);
    this.#handshake = new Handshake(this.#link, context.handshake);
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  start(): void {
    this.#link.start({
      onFrame: (frame) => this.#receive(frame),
      onDrain: () => {
        for (const feed of this.#feeds.values()) feed.pump();
      },
      onClose: (error) => this.#closed(error),
    });
    this.#handshake.start();
  }

  /** Says that the daemon is about to stop, and aborts what runs. */
  goodbye(): void {
    this.#link.send({ type: 'goodbye', reason: 'stopping' });
    for (const call of this.#calls.values()) call.abort(callEnded.stopping());
    for (const [, stream] of [...this.#streams]) stream.abort(callEnded.stopping());
  }

  /** Closes once all replies are sent. */
  end(): void {
    this.#link.end();
  }

  destroy(): void {
    this.#link.destroy();
  }

  #receive(frame: Frame): void {
    if (this.#handshake.receive(frame)) return;
    switch (frame.type) {
      case 'call':
        this.#call(frame);
        return;
      case 'open':
        this.#open(frame);
        return;
      case 'close':
        this.#close(frame);
        return;
      case 'cancel':
        this.#calls.get(frame.id)?.abort(callEnded.cancelled());
        return;
      case 'subscribe':
        this.#subscribe(frame);
        return;
      case 'unsubscribe':
        this.#unsubscribe(frame.subscription);
        return;
      case 'ping':
        this.#link.send({ type: 'pong' });
        return;
      default:
        if (!this.#streams.receive(frame)) throw new ProtocolError(`${frame.type} frame from a client`);
    }
  }

  #open(frame: FrameOf<'open'>): void {
    if (this.#sessions.has(frame.session)) throw new ProtocolError('session is open already');
    if (this.#sessions.size >= SESSIONS_MAX) throw new ProtocolError('too many sessions');
    const { channel } = this.#link;
    const named = frame.identity === null ? undefined : identityFromWire(frame.identity);
    if (named !== undefined && !this.#context.trusts(channel.peer)) {
      this.#sendError(
        frame.id,
        VirError.of('AUTH_FAILED', 'only the daemons may speak for someone else', { domain: 'RPC' }),
      );
      return;
    }
    const identity = named ?? identityOfPeer(channel.peer);
    const { uri, readOnly } = frame;
    const isDaemon = named === undefined && this.#context.trusts(channel.peer);
    const fields = { id: this.#context.nextId(), uri, readOnly, identity, isDaemon };
    const session = new ServerSession(fields, this.#log);
    this.#sessions.set(frame.session, session);
    const admitted = (): void => {
      this.#link.send({ type: 'reply', id: frame.id, descriptors: 0, stream: false, values: null });
    };
    const refused = (error: unknown): void => {
      this.#sessions.delete(frame.session);
      session.end();
      this.#sendError(frame.id, asVirError(error, this.#log));
      this.#context.onChange();
    };
    try {
      const verdict = this.#context.driver.openSession?.(session);
      if (verdict instanceof Promise) verdict.then(admitted, refused);
      else admitted();
    } catch (error) {
      refused(error);
    }
    this.#context.onChange();
  }

  #close(frame: FrameOf<'close'>): void {
    const session = this.#sessions.get(frame.session);
    if (session === undefined) throw new ProtocolError('session is not open');
    this.#sessions.delete(frame.session);
    this.#endSession(session);
    this.#link.send({ type: 'reply', id: frame.id, descriptors: 0, stream: false, values: null });
    this.#context.onChange();
  }

  #endSession(session: ServerSession): void {
    const reason = callEnded.sessionClosed();
    for (const call of this.#calls.values()) if (call.session === session) call.abort(reason);
    for (const [id, stream] of [...this.#streams]) {
      if (this.#streamSessions.get(id) === session) stream.abort(reason);
    }
    session.end();
  }

  #call(frame: FrameOf<'call'>): void {
    const descriptors = this.#link.takeDescriptors(frame.descriptors);
    if (this.#calls.has(frame.id)) throw new ProtocolError('call number is in use');
    if (this.#calls.size >= CALLS_MAX) throw new ProtocolError('too many calls');
    const session = this.#sessions.get(frame.session);
    const found = this.#context.procedures.find(frame.program, frame.procedure);
    if (session === undefined || found instanceof VirError) {
      this.#link.closeDescriptors(descriptors);
      this.#sendError(frame.id, found instanceof VirError ? found : sessionGone());
      return;
    }
    const call = new ServerCall({
      id: frame.id,
      name: found.name,
      session,
      descriptors,
      streams: found.row.stream !== undefined,
      log: this.#log,
      link: this.#callLink(session),
    });
    this.#calls.set(frame.id, call);
    if (frame.deadlineMs > 0) {
      call.timer = this.#context.clock.setTimer(frame.deadlineMs, () => call.abort(callEnded.deadline()));
    }
    this.#log.debug('call', { procedure: found.name, session: session.id, call: frame.id });
    this.#context.callBegins();
    dispatch({
      call,
      found,
      args: frame.args,
      codec: this.#handshake.codecOf(frame.program, found.row),
      context: this.#context,
      refuse: () => this.#link.closeDescriptors(descriptors),
      reply: (values) => this.#reply(call, values),
      fail: (error) => this.#fail(call, error),
    });
  }

  #callLink(session: ServerSession): CallLink {
    return {
      openStream: (id) => ({
        id,
        started: false,
        send: (frame) => this.#link.send(frame),
        sendData: (streamId, bytes) => this.#link.sendData(streamId, bytes),
        onEnd: () => this.#forgetStream(id),
      }),
      addStream: (id, stream) => {
        this.#streams.add(id, stream);
        this.#streamSessions.set(id, session);
      },
    };
  }

  #forgetStream(id: number): void {
    this.#streams.delete(id);
    this.#streamSessions.delete(id);
  }

  #reply(call: ServerCall, values: unknown): void {
    this.#finishCall(call);
    const descriptors = call.replyDescriptors;
    const stream = call.stream !== undefined;
    this.#link.send(
      { type: 'reply', id: call.id, descriptors: descriptors.length, stream, values },
      descriptors,
    );
    call.stream?.start();
  }

  #fail(call: ServerCall, error: VirError): void {
    this.#finishCall(call);
    this.#link.closeDescriptors(call.replyDescriptors);
    this.#sendError(call.id, error);
    call.stream?.fail(error);
  }

  #finishCall(call: ServerCall): void {
    call.timer?.cancel();
    this.#calls.delete(call.id);
    this.#context.callEnds();
  }

  #sendError(id: number, error: VirError): void {
    this.#link.send({ type: 'error', id, error: errorToWire(error.fields) });
  }

  #subscribe(frame: FrameOf<'subscribe'>): void {
    const { events } = this.#context;
    if (this.#feeds.has(frame.subscription)) throw new ProtocolError('subscription is in use');
    if (this.#feeds.size >= SUBSCRIPTIONS_MAX) throw new ProtocolError('too many subscriptions');
    this.#link.send({ type: 'reply', id: frame.id, descriptors: 0, stream: false, values: events.last });
    const from = frame.epoch === null ? undefined : { epoch: frame.epoch, sequence: frame.sequence };
    const feed = new EventFeed({ link: this.#link, log: events, subscription: frame.subscription, from });
    this.#feeds.set(frame.subscription, feed);
    feed.pump();
  }

  #unsubscribe(subscription: number): void {
    this.#feeds.get(subscription)?.close();
    this.#feeds.delete(subscription);
  }

  #closed(error: Error | undefined): void {
    if (error instanceof ProtocolError) this.#log.warn('peer broke the protocol', { error });
    else if (error !== undefined) this.#log.debug('link broke', { error });
    for (const feed of this.#feeds.values()) feed.close();
    this.#feeds.clear();
    for (const session of this.#sessions.values()) this.#endSession(session);
    this.#sessions.clear();
    this.#onClosed();
  }
}

function sessionGone(): VirError {
  return VirError.of('RPC', 'hypervisor connection not open', { domain: 'RPC' });
}
