import { errorDomainOf, notSupported } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import type { EventObject } from '@modvirt/core/events';
import type { Descriptors } from '@modvirt/core/ports';
import type { Owner } from '@modvirt/core/protocol';
import type { CallResult, DaemonLink } from '@modvirt/core/rpc';
import { parseConnectionUri } from '@modvirt/core/uri';
import type { CallServer, ClientConnection, IncomingCall } from '../client/client-connection.js';
import { type EventHub, findEventRow } from '../events/event-hub.js';
import { type Registration, Registrations } from '../events/registrations.js';
import { ClientSessions, noDriver, type Upstreams } from '../routing/upstreams.js';
import { type About, type ConnectionActions, connectionCalls } from './connection-calls.js';
import type { RelayedProcedure } from './program-table.js';

const READ_ONLY = 1;
const OPEN_FLAGS = 3;
/** Features of the conversation itself: descriptors, keepalive, events by callback id, close callbacks. */
const OWN_FEATURES: ReadonlySet<number> = new Set([8, 10, 14, 15]);
const KEEPALIVE_FEATURE = 10;

/** Checks a caller against polkit; resolves when it may, throws AUTH_FAILED otherwise. */
export type PolkitCheck = (client: ClientConnection) => Promise<void>;

export interface RelayServices {
  readonly upstreams: Upstreams;
  readonly descriptors: Descriptors;
  hub(daemon: string, link: DaemonLink): EventHub;
  /** How clients of this socket authenticate. */
  readonly auth: 'none' | 'polkit';
  readonly polkit: PolkitCheck;
}

const AUTH_NONE = 0;
const AUTH_POLKIT = 2;

/** Serves one client: what is about its connection here, everything else by the daemon that owns it. */
export class Relay implements CallServer, ConnectionActions {
  readonly #client: ClientConnection;
  readonly #services: RelayServices;
  readonly #own = connectionCalls(this);
  readonly #registrations = new Registrations();
  readonly #unsubscribe = new Map<Registration, () => void>();
  readonly #controller = new AbortController();
  #sessions: ClientSessions | undefined;
  #wantsClose = false;

  constructor(client: ClientConnection, services: RelayServices) {
    this.#client = client;
    this.#services = services;
  }

  mayPrecedeAuth(procedure: RelayedProcedure): boolean {
    return procedure.name.startsWith('auth');
  }

  serve(call: IncomingCall): void | Promise<void> {
    const { procedure, args } = call;
    const own = this.#own.get(procedure.name);
    if (own !== undefined) return this.#serveOwn(call, own(args as never));
    if (procedure.name === 'connectSupportsFeature') {
      const { feature } = args as { feature: number };
      if (OWN_FEATURES.has(feature)) return this.#supportsOwn(call, feature);
    }
    return this.#relay(call);
  }

  onClose(): void {
    this.#controller.abort(new Error('the client is gone'));
    this.#dropRegistrations();
    void this.#sessions?.close();
    this.#sessions = undefined;
  }

  authTypes(): readonly number[] {
    const { auth } = this.#services;
    // root need not ask polkit.
    if (auth === 'none' || this.#client.identity.uid === 0) {
      this.#client.authenticated();
      return [AUTH_NONE];
    }
    return [AUTH_POLKIT];
  }

  async authPolkit(): Promise<void> {
    if (this.#services.auth !== 'polkit')
      throw VirError.of('AUTH_FAILED', 'authentication failed', { domain: 'RPC' });
    await this.#services.polkit(this.#client);
    this.#client.authenticated();
  }

  async open(uri: string | null, flags: number): Promise<void> {
    if (this.#sessions !== undefined) {
      const old = this.#sessions;
      this.#sessions = undefined;
      this.#dropRegistrations();
      await old.close();
      throw VirError.of('INTERNAL_ERROR', 'connection already open', { domain: 'RPC' });
    }
    if ((flags & ~OPEN_FLAGS) !== 0)
      throw VirError.unsupportedFlags('virConnectOpenInternal', flags & ~OPEN_FLAGS);
    const wanted = uri === null || uri === '' ? this.#services.upstreams.defaultUri() : uri;
    if (wanted === undefined) throw VirError.of('NO_CONNECT');
    const hypervisor = this.#services.upstreams.hypervisorFor(parseConnectionUri(wanted).scheme);
    if (hypervisor === undefined) throw noDriver(wanted);
    const readOnly = this.#client.options.readOnly || (flags & READ_ONLY) !== 0;
    const sessions = new ClientSessions(
      this.#services.upstreams,
      { identity: () => this.#client.identity, readOnly },
      { uri: wanted, hypervisor },
    );
    await sessions.session(hypervisor);
    if (this.#controller.signal.aborted) await sessions.close();
    else this.#sessions = sessions;
  }

  async close(): Promise<void> {
    this.#dropRegistrations();
    const sessions = this.#sessions;
    this.#sessions = undefined;
    await sessions?.close();
    queueMicrotask(() => this.#client.end());
  }

  setIdentity(_params: unknown): void {
    throw VirError.of('ACCESS_DENIED', undefined, { domain: 'RPC' });
  }

  async register(object: EventObject, eventId: number, about: About | null, api: string): Promise<number> {
    const daemon = this.#eventDaemon(object, api);
    if (findEventRow(object, eventId) === undefined) throw unsupportedEvent(eventId);
    const registration = this.#registrations.add(object, eventId, about ?? undefined);
    await this.#subscribe(daemon, registration);
    return registration.callbackId;
  }

  deregister(object: EventObject, callbackId: number): void {
    this.#opened();
    this.#drop(this.#registrations.remove(object, callbackId));
  }

  async registerLegacy(eventId: number): Promise<void> {
    const daemon = this.#eventDaemon('domain', 'virConnectDomainEventRegisterAny');
    if (findEventRow('domain', eventId)?.legacy === undefined) throw unsupportedEvent(eventId);
    await this.#subscribe(daemon, this.#registrations.addLegacy(eventId));
  }

  deregisterLegacy(eventId: number): void {
    this.#opened();
    this.#drop(this.#registrations.removeLegacy(eventId));
  }

  setCloseCallback(wanted: boolean): void {
    this.#opened();
    if (wanted === this.#wantsClose) {
      const text = wanted ? 'A close callback is already registered' : 'A different callback was requested';
      throw VirError.of('OPERATION_FAILED', text, { domain: 'RPC' });
    }
    this.#wantsClose = wanted;
  }

  #opened(): ClientSessions {
    if (this.#sessions === undefined) {
      throw VirError.of('INTERNAL_ERROR', 'hypervisor connection not open', { domain: 'RPC' });
    }
    return this.#sessions;
  }

  #serveOwn({ message, procedure }: IncomingCall, answer: unknown): void | Promise<void> {
    const reply = (values: unknown): void => {
      this.#client.output.reply(message.header, procedure.returns, values ?? {});
    };
    if (answer instanceof Promise) return answer.then(reply);
    reply(answer);
    return undefined;
  }

  #supportsOwn(call: IncomingCall, feature: number): void {
    if (feature === KEEPALIVE_FEATURE) this.#client.keepalive.start();
    this.#client.output.reply(call.message.header, call.procedure.returns, { supported: 1 });
  }

  async #relay({ message, procedure, args }: IncomingCall): Promise<void> {
    const sessions = this.#opened();
    const daemon = sessions.daemonFor(procedure.row.owner);
    if (daemon === undefined) throw notSupported(procedure.name, procedure.row);
    const session = await sessions.session(daemon);
    const result = await session.call(procedure.program.number, procedure.row, args, {
      signal: this.#controller.signal,
      ...(message.descriptors.length > 0 ? { descriptors: message.descriptors } : {}),
    });
    this.#answer({ message, procedure, args }, result);
  }

  #answer({ message, procedure, args }: IncomingCall, result: CallResult): void {
    const { output, streams, options } = this.#client;
    if (!options.channel.isOpen) {
      for (const descriptor of result.descriptors) this.#services.descriptors.close(descriptor);
      return;
    }
    if (result.descriptors.length > 0) {
      output.replyWithDescriptors(message.header, procedure.returns, result.values, result.descriptors);
    } else {
      output.reply(message.header, procedure.returns, result.values);
    }
    if (result.stream === undefined) return;
    const { sparseFlag } = procedure.row;
    const given = (args as { readonly flags?: number }).flags ?? 0;
    streams.begin(message.header, result.stream, sparseFlag !== undefined && (given & sparseFlag) !== 0);
  }

  #eventDaemon(object: EventObject, api: string): string {
    const sessions = this.#opened();
    const daemon = sessions.daemonFor(OWNER_OF[object]);
    if (daemon === undefined) throw VirError.of('NO_SUPPORT', api, { domain: errorDomainOf(api) });
    return daemon;
  }

  async #subscribe(daemon: string, registration: Registration): Promise<void> {
    const { upstreams, hub } = this.#services;
    const unsubscribe = await hub(daemon, upstreams.link(daemon)).add({
      registration,
      send: (bytes) => this.#client.output.sendEvent(bytes),
    });
    if (this.#controller.signal.aborted) unsubscribe();
    else this.#unsubscribe.set(registration, unsubscribe);
  }

  #drop(registration: Registration): void {
    this.#unsubscribe.get(registration)?.();
    this.#unsubscribe.delete(registration);
  }

  #dropRegistrations(): void {
    for (const unsubscribe of this.#unsubscribe.values()) unsubscribe();
    this.#unsubscribe.clear();
    this.#registrations.clear();
  }
}

const OWNER_OF: Readonly<Record<EventObject, Owner>> = {
  domain: 'hypervisor',
  network: 'network',
  storage_pool: 'storage',
  node_device: 'nodedev',
  secret: 'secret',
};

function unsupportedEvent(eventId: number): VirError {
  return VirError.of('INTERNAL_ERROR', `unsupported event ID ${eventId}`, { domain: 'RPC' });
}
