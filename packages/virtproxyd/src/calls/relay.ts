import { errorDomainOf, notSupported, refuseReadOnly } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import type { EventObject } from '@modvirt/core/events';
import type { Descriptors } from '@modvirt/core/ports';
import type { Owner, TypedParameter } from '@modvirt/core/protocol';
import type { CallResult, DaemonLink, RemoteSession } from '@modvirt/core/rpc';
import type { CallServer, ClientConnection, IncomingCall } from '../client/client-connection.js';
import { type EventHub, findEventRow } from '../events/event-hub.js';
import { type Registration, Registrations, unsupportedEvent } from '../events/registrations.js';
import { LIBVIRT_VERSION } from '../libvirt-version.js';
import { ClientSessions } from '../routing/client-sessions.js';
import type { Upstreams } from '../routing/upstreams.js';
import {
  type ConnectionActions,
  connectionCalls,
  type EventWish,
  type OwnAnswer,
} from './connection-calls.js';
import { identityFrom } from './identity-params.js';
import type { RelayedProcedure } from './program-table.js';

const READ_ONLY = 1;
/** Features of the conversation itself: descriptors, keepalive, events by callback id, close callbacks. */
const OWN_FEATURES: ReadonlySet<number> = new Set([8, 10, 14, 15]);
const KEEPALIVE_FEATURE = 10;

/** Checks a caller against polkit; resolves when it may, throws AUTH_FAILED otherwise. */
export type PolkitCheck = (client: ClientConnection, signal: AbortSignal) => Promise<void>;

export interface RelayServices {
  readonly upstreams: Upstreams;
  readonly descriptors: Descriptors;
  hub(daemon: string, link: DaemonLink): EventHub;
  /** What tells a client that the daemon behind its connection is gone. */
  closeMessage(): Uint8Array;
  /** How clients of this socket authenticate. */
  readonly auth: 'none' | 'polkit';
  readonly polkit: PolkitCheck;
  /** Whether a client may speak for someone else. */
  maySpeakForOthers(client: ClientConnection): boolean;
}

const AUTH_NONE = 0;
const AUTH_POLKIT = 2;

/** Serves one client: what is about its connection here, everything else by the daemon that owns it. */
export class Relay implements CallServer, ConnectionActions {
  readonly #client: ClientConnection;
  readonly #services: RelayServices;
  readonly #registrations = new Registrations();
  readonly #unsubscribe = new Map<Registration, () => void>();
  #sessions: ClientSessions | undefined;
  #isOpening = false;
  #isGone = false;
  #unwatch: (() => void) | undefined;

  constructor(client: ClientConnection, services: RelayServices) {
    this.#client = client;
    this.#services = services;
  }

  mayPrecedeAuth(procedure: RelayedProcedure): boolean {
    return procedure.name.startsWith('auth');
  }

  serve(call: IncomingCall): void | Promise<void> {
    const { procedure, args } = call;
    if (procedure.row.owner === 'proxy') {
      const own = connectionCalls.get(procedure.name);
      if (own === undefined) throw this.#refuse(call);
      const answer = own(args as never, this);
      return answer instanceof Promise
        ? answer.then((given) => this.#answerOwn(call, given))
        : this.#answerOwn(call, answer);
    }
    if (procedure.name === 'connectSupportsFeature') {
      const { feature } = args as { feature: number };
      if (OWN_FEATURES.has(feature)) return this.#supportsOwn(call, feature);
    }
    return this.#relay(call);
  }

  onClose(): void {
    this.#isGone = true;
    this.#dropRegistrations();
    void this.#sessions?.close();
    this.#sessions = undefined;
  }

  authTypes(): readonly number[] {
    const { auth } = this.#services;
    // root need not ask polkit.
    if (auth === 'none' || this.#client.isAuthenticated || this.#client.identity.uid === 0) {
      this.#client.authenticated();
      return [AUTH_NONE];
    }
    return [AUTH_POLKIT];
  }

  async authPolkit(): Promise<void> {
    if (this.#services.auth !== 'polkit')
      throw VirError.of('AUTH_FAILED', 'authentication failed', { domain: 'RPC' });
    await this.#client.authenticate((signal) => this.#services.polkit(this.#client, signal));
  }

  async open(name: string | null, flags: number): Promise<void> {
    if (this.#sessions !== undefined || this.#isOpening) {
      this.#closeConnection();
      throw VirError.of('INTERNAL_ERROR', 'connection already open', { domain: 'RPC' });
    }
    const { upstreams } = this.#services;
    const sessions = new ClientSessions(upstreams, {
      ...upstreams.resolve(name ?? ''),
      identity: () => this.#client.identity,
      readOnly: this.#client.options.readOnly || (flags & READ_ONLY) !== 0,
    });
    this.#isOpening = true;
    try {
      await sessions.session(sessions.hypervisor);
    } finally {
      this.#isOpening = false;
    }
    if (this.#isGone) await sessions.close();
    else this.#sessions = sessions;
  }

  close(): OwnAnswer {
    this.#closeConnection();
    return { afterReply: () => this.#client.end() };
  }

  libVersion(): OwnAnswer {
    this.#opened();
    return { values: { libVer: LIBVIRT_VERSION } };
  }

  setIdentity(params: readonly TypedParameter[]): void {
    const sessions = this.#opened();
    const identity = identityFrom(params);
    if (!this.#services.maySpeakForOthers(this.#client)) {
      throw VirError.of('ACCESS_DENIED', 'only root and the daemons may set an identity', { domain: 'RPC' });
    }
    this.#client.identity = identity;
    void sessions.reopen();
  }

  register(wish: EventWish, answer: (callbackId: number) => unknown): OwnAnswer | Promise<OwnAnswer> {
    const sessions = this.#opened();
    const row = findEventRow(wish.object, wish.eventId);
    if (row === undefined || (wish.style === 'legacy' && row.legacy === undefined)) {
      throw unsupportedEvent(wish.object, wish.eventId);
    }
    const daemon = sessions.daemonFor(OWNER_OF[wish.object]);
    if (daemon === undefined) throw noSupport(wish.api);
    const hub = this.#services.hub(daemon, this.#services.upstreams.link(daemon));
    const grant = (): OwnAnswer => {
      // It may have been closed while the daemon was asked.
      if (this.#opened() !== sessions) throw notOpen();
      const registration = this.#registrations.add(row, wish.about, wish.style);
      return {
        values: answer(registration.callbackId),
        afterReply: () => this.#subscribe(hub, registration),
      };
    };
    const starting = hub.ready();
    if (starting === undefined) return grant();
    return starting.then(grant, (error: unknown) => {
      throw wish.object !== 'domain' && isUnreachable(error) ? noSupport(wish.api) : error;
    });
  }

  deregister(object: EventObject, callbackId: number): void {
    this.#opened();
    this.#drop(this.#registrations.remove(object, callbackId));
  }

  deregisterLegacy(eventId: number): void {
    this.#opened();
    const row = findEventRow('domain', eventId);
    if (row?.legacy === undefined) throw unsupportedEvent('domain', eventId);
    this.#drop(this.#registrations.removeLegacy(row));
  }

  setCloseCallback(wanted: boolean): void {
    const { hypervisor } = this.#opened();
    this.#unwatch?.();
    this.#unwatch = undefined;
    if (!wanted) return;
    const { upstreams, closeMessage } = this.#services;
    this.#unwatch = upstreams.link(hypervisor).onLost(() => this.#client.output.sendEvent(closeMessage()));
  }

  #opened(): ClientSessions {
    if (this.#sessions === undefined) throw notOpen();
    return this.#sessions;
  }

  /** Why a procedure is not served that we have no code for. */
  #refuse({ procedure, args }: IncomingCall): VirError {
    const sessions = this.#opened();
    if (sessions.readOnly) refuseReadOnly(procedure.name, procedure.row, args);
    return notSupported(procedure.name, procedure.row);
  }

  #answerOwn({ message, procedure }: IncomingCall, { values, afterReply }: OwnAnswer): void {
    this.#client.output.reply(message.header, procedure.returns, values ?? {});
    afterReply?.();
  }

  #supportsOwn(call: IncomingCall, feature: number): void {
    if (feature === KEEPALIVE_FEATURE) this.#client.keepalive.start();
    else this.#opened();
    this.#client.output.reply(call.message.header, call.procedure.returns, { supported: 1 });
  }

  #relay(call: IncomingCall): Promise<void> {
    const sessions = this.#opened();
    const { owner } = call.procedure.row;
    const daemon = sessions.daemonFor(owner);
    if (daemon === undefined) throw this.#refuse(call);
    const session = sessions.session(daemon);
    if (!(session instanceof Promise)) return this.#call(call, session);
    return session.then(
      (opened) => this.#call(call, opened),
      (error: unknown) => {
        throw owner !== 'hypervisor' && isUnreachable(error) ? this.#refuse(call) : error;
      },
    );
  }

  #call(call: IncomingCall, session: RemoteSession): Promise<void> {
    const { message, procedure, args } = call;
    const { descriptors } = procedure.row;
    const takesDescriptors =
      message.descriptors.length > 0 && (descriptors === 'in' || descriptors === 'both');
    const options = takesDescriptors ? { descriptors: message.descriptors.splice(0) } : undefined;
    return session
      .call(procedure.program.number, procedure.row, args, options)
      .then((result) => this.#answer(call, result));
  }

  #answer(call: IncomingCall, result: CallResult): void {
    const { message, procedure, args } = call;
    const { output, streams } = this.#client;
    if (this.#isGone) {
      this.#discard(result);
      return;
    }
    if (result.descriptors.length === 0) {
      output.reply(message.header, procedure.returns, result.values);
    } else if (output.carriesDescriptors) {
      output.replyWithDescriptors(message.header, procedure.returns, result.values, result.descriptors);
    } else {
      this.#discard(result);
      const text = 'Sending file descriptors is not supported on this socket';
      throw VirError.of('INTERNAL_ERROR', text, { domain: 'RPC' });
    }
    if (result.stream === undefined) return;
    const { sparseFlag } = procedure.row;
    const given = (args as { readonly flags?: number }).flags ?? 0;
    streams.begin(message.header, result.stream, sparseFlag !== undefined && (given & sparseFlag) !== 0);
  }

  #discard({ descriptors, stream }: CallResult): void {
    for (const descriptor of descriptors) this.#services.descriptors.close(descriptor);
    stream?.abort(VirError.of('OPERATION_ABORTED', 'the client went away', { domain: 'STREAMS' }));
  }

  #closeConnection(): void {
    this.#dropRegistrations();
    void this.#sessions?.close();
    this.#sessions = undefined;
  }

  #subscribe(hub: EventHub, registration: Registration): void {
    const { output } = this.#client;
    const end = hub.add({ registration, send: (bytes) => output.sendEvent(bytes) });
    this.#unsubscribe.set(registration, end);
  }

  #drop(registration: Registration): void {
    this.#unsubscribe.get(registration)?.();
    this.#unsubscribe.delete(registration);
  }

  #dropRegistrations(): void {
    for (const end of this.#unsubscribe.values()) end();
    this.#unsubscribe.clear();
    this.#registrations.clear();
    this.#unwatch?.();
    this.#unwatch = undefined;
  }
}

const OWNER_OF: Readonly<Record<EventObject, Owner>> = {
  domain: 'hypervisor',
  network: 'network',
  storage_pool: 'storage',
  node_device: 'nodedev',
  secret: 'secret',
};

function notOpen(): VirError {
  return VirError.of('INTERNAL_ERROR', 'hypervisor connection not open', { domain: 'RPC' });
}

function noSupport(api: string): VirError {
  return VirError.of('NO_SUPPORT', api, { domain: errorDomainOf(api) });
}

const ENOENT = 2;
const ECONNREFUSED = 111;

/** Whether nobody listens at a daemon's socket: it is not installed, or does not run. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof VirError) || !error.is('SYSTEM_ERROR')) return false;
  return error.fields.int1 === ENOENT || error.fields.int1 === ECONNREFUSED;
}
