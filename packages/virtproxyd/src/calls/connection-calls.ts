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

export type OwnHandler = (args: never) => OwnAnswer | Promise<OwnAnswer>;

const NOTHING: OwnAnswer = {};
const LIFECYCLE = 0;

/** Answers to the procedures that are about the connection itself, by the row's name. */
export function connectionCalls(client: ConnectionActions): ReadonlyMap<string, OwnHandler> {
  const own: Record<string, OwnHandler> = {
    ...authentication(client),
    connectOpen: async ({ name, flags }: { name: string | null; flags: number }) => {
      await client.open(name, flags);
      return NOTHING;
    },
    connectClose: () => client.close(),
    connectGetLibVersion: () => client.libVersion(),
    connectSetIdentity: ({ params }: { params: readonly TypedParameter[] }) => {
      client.setIdentity(params);
      return NOTHING;
    },
    connectRegisterCloseCallback: () => closeCallback(client, true),
    connectUnregisterCloseCallback: () => closeCallback(client, false),
    ...legacyEvents(client),
    ...callbackEvents(client),
  };
  return new Map(Object.entries(own));
}

function authentication(client: ConnectionActions): Record<string, OwnHandler> {
  const refuseSasl = (): never => {
    throw VirError.of('AUTH_FAILED', 'authentication failed', { domain: 'RPC' });
  };
  return {
    authList: () => ({ values: { types: client.authTypes() } }),
    authPolkit: async () => {
      await client.authPolkit();
      return { values: { complete: 1 } };
    },
    authSaslInit: refuseSasl,
    authSaslStart: refuseSasl,
    authSaslStep: refuseSasl,
  };
}

function closeCallback(client: ConnectionActions, wanted: boolean): OwnAnswer {
  client.setCloseCallback(wanted);
  return NOTHING;
}

function legacyEvents(client: ConnectionActions): Record<string, OwnHandler> {
  const wish = (eventId: number): EventWish => ({
    object: 'domain',
    eventId,
    about: undefined,
    api: 'virConnectDomainEventRegisterAny',
    style: 'legacy',
  });
  return {
    connectDomainEventRegister: () => client.register(wish(LIFECYCLE), () => ({ cbRegistered: 0 })),
    connectDomainEventRegisterAny: ({ eventID }: { eventID: number }) =>
      client.register(wish(eventID), () => ({})),
    connectDomainEventDeregister: () => {
      client.deregisterLegacy(LIFECYCLE);
      return { values: { cbRegistered: 0 } };
    },
    connectDomainEventDeregisterAny: ({ eventID }: { eventID: number }) => {
      client.deregisterLegacy(eventID);
      return NOTHING;
    },
  };
}

function callbackEvents(client: ConnectionActions): Record<string, OwnHandler> {
  const register = (object: EventObject, field: string, api: string): OwnHandler => {
    return (args: { readonly [name: string]: unknown }) => {
      const about = (args[field] as About | null) ?? undefined;
      const wish: EventWish = { object, eventId: args.eventID as number, about, api, style: 'callback' };
      return client.register(wish, (callbackID) => ({ callbackID }));
    };
  };
  const deregister = (object: EventObject): OwnHandler => {
    return ({ callbackID }: { callbackID: number }) => {
      client.deregister(object, callbackID);
      return NOTHING;
    };
  };
  return {
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
}
