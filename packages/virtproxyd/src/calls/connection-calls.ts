import { VirError } from '@modvirt/core/errors';
import type { EventObject } from '@modvirt/core/events';
import type { TypedParameter } from '@modvirt/core/protocol';
import type { About } from '../events/registrations.js';

/** What is answered, and what happens as soon as the answer is on its way. */
export interface OwnAnswer {
  readonly values?: unknown;
  afterReply?(): void;
}

/** A wish to be told of an event. */
export interface EventWish {
  readonly object: EventObject;
  readonly eventId: number;
  readonly about: About | undefined;
  /** The public function, for errors. */
  readonly api: string;
  /** Whether the messages carry a callback id. */
  readonly style: 'callback' | 'legacy';
}

/** What a client may ask of its own connection. */
export interface ConnectionActions {
  authTypes(): readonly number[];
  authPolkit(): Promise<void>;
  open(uri: string | null, flags: number): Promise<void>;
  close(): OwnAnswer;
  libVersion(): OwnAnswer;
  setIdentity(params: readonly TypedParameter[]): void;
  register(wish: EventWish, answer: (callbackId: number) => unknown): OwnAnswer | Promise<OwnAnswer>;
  deregister(object: EventObject, callbackId: number): void;
  deregisterLegacy(eventId: number): void;
  setCloseCallback(wanted: boolean): void;
}

export type OwnHandler = (args: never, client: ConnectionActions) => OwnAnswer | Promise<OwnAnswer>;

type OwnHandlers = Readonly<Record<string, OwnHandler>>;

const NOTHING: OwnAnswer = {};
const LIFECYCLE = 0;

const refuseSasl = (): never => {
  throw VirError.of('AUTH_FAILED', 'authentication failed', { domain: 'RPC' });
};

const authentication: OwnHandlers = {
  authList: (_args, client) => ({ values: { types: client.authTypes() } }),
  authPolkit: async (_args, client) => {
    await client.authPolkit();
    return { values: { complete: 1 } };
  },
  authSaslInit: refuseSasl,
  authSaslStart: refuseSasl,
  authSaslStep: refuseSasl,
};

const connection: OwnHandlers = {
  connectOpen: async ({ name, flags }: { name: string | null; flags: number }, client) => {
    await client.open(name, flags);
    return NOTHING;
  },
  connectClose: (_args, client) => client.close(),
  connectGetLibVersion: (_args, client) => client.libVersion(),
  connectSetIdentity: ({ params }: { params: readonly TypedParameter[] }, client) => {
    client.setIdentity(params);
    return NOTHING;
  },
  connectRegisterCloseCallback: (_args, client) => {
    client.setCloseCallback(true);
    return NOTHING;
  },
  connectUnregisterCloseCallback: (_args, client) => {
    client.setCloseCallback(false);
    return NOTHING;
  },
};

const legacyWish = (eventId: number): EventWish => ({
  object: 'domain',
  eventId,
  about: undefined,
  api: 'virConnectDomainEventRegisterAny',
  style: 'legacy',
});

const legacyEvents: OwnHandlers = {
  connectDomainEventRegister: (_args, client) =>
    client.register(legacyWish(LIFECYCLE), () => ({ cbRegistered: 0 })),
  connectDomainEventRegisterAny: ({ eventID }: { eventID: number }, client) =>
    client.register(legacyWish(eventID), () => ({})),
  connectDomainEventDeregister: (_args, client) => {
    client.deregisterLegacy(LIFECYCLE);
    return { values: { cbRegistered: 0 } };
  },
  connectDomainEventDeregisterAny: ({ eventID }: { eventID: number }, client) => {
    client.deregisterLegacy(eventID);
    return NOTHING;
  },
};

function register(object: EventObject, field: string, api: string): OwnHandler {
  return (args: { readonly [name: string]: unknown }, client) => {
    const about = (args[field] as About | null) ?? undefined;
    const wish: EventWish = { object, eventId: args.eventID as number, about, api, style: 'callback' };
    return client.register(wish, (callbackID) => ({ callbackID }));
  };
}

function deregister(object: EventObject): OwnHandler {
  return ({ callbackID }: { callbackID: number }, client) => {
    client.deregister(object, callbackID);
    return NOTHING;
  };
}

const callbackEvents: OwnHandlers = {
  connectDomainEventCallbackRegisterAny: register('domain', 'dom', 'virConnectDomainEventRegisterAny'),
  connectDomainEventCallbackDeregisterAny: deregister('domain'),
  connectNetworkEventRegisterAny: register('network', 'net', 'virConnectNetworkEventRegisterAny'),
  connectNetworkEventDeregisterAny: deregister('network'),
  connectStoragePoolEventRegisterAny: register(
    'storage_pool',
    'pool',
    'virConnectStoragePoolEventRegisterAny',
  ),
  connectStoragePoolEventDeregisterAny: deregister('storage_pool'),
  connectNodeDeviceEventRegisterAny: register('node_device', 'dev', 'virConnectNodeDeviceEventRegisterAny'),
  connectNodeDeviceEventDeregisterAny: deregister('node_device'),
  connectSecretEventRegisterAny: register('secret', 'secret', 'virConnectSecretEventRegisterAny'),
  connectSecretEventDeregisterAny: deregister('secret'),
};

/** Answers to the procedures that are about a client's own connection, by the row's name. */
export const connectionCalls: ReadonlyMap<string, OwnHandler> = new Map(
  Object.entries({ ...authentication, ...connection, ...legacyEvents, ...callbackEvents }),
);
