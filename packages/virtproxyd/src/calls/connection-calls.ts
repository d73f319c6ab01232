import { VirError } from '@modvirt/core/errors';
import type { EventObject } from '@modvirt/core/events';
import type { Uuid } from '@modvirt/core/wire';

/** What a client may ask of its own connection. */
export interface ConnectionActions {
  readonly authTypes: () => readonly number[];
  authPolkit(): Promise<void>;
  open(uri: string | null, flags: number): Promise<void>;
  close(): Promise<void>;
  setIdentity(params: unknown): void;
  register(object: EventObject, eventId: number, about: About | null, api: string): Promise<number>;
  deregister(object: EventObject, callbackId: number): void;
  registerLegacy(eventId: number): Promise<void>;
  deregisterLegacy(eventId: number): void;
  setCloseCallback(wanted: boolean): void;
}

export interface About {
  readonly uuid?: Uuid;
  readonly name: string;
}

type Handler = (args: never) => unknown;

/** Answers to the procedures that are about the connection itself, by the row's name. */
export function connectionCalls(client: ConnectionActions): ReadonlyMap<string, Handler> {
  const any = (object: EventObject, field: string, api: string): Handler =>
    (async (args: Record<string, unknown>) => ({
      callbackID: await client.register(object, args.eventID as number, args[field] as About | null, api),
    })) as Handler;
  const remove = (object: EventObject): Handler =>
    ((args: { callbackID: number }) => client.deregister(object, args.callbackID)) as Handler;
  const refuseSasl: Handler = () => {
    throw VirError.of('AUTH_FAILED', 'authentication failed');
  };
  const calls: Record<string, Handler> = {
    authList: () => ({ types: client.authTypes() }),
    authPolkit: async () => {
      await client.authPolkit();
      return { complete: 1 };
    },
    authSaslInit: refuseSasl,
    authSaslStart: refuseSasl,
    authSaslStep: refuseSasl,
    connectOpen: ((args: { name: string | null; flags: number }) =>
      client.open(args.name, args.flags)) as Handler,
    connectClose: () => client.close(),
    connectSetIdentity: ((args: { params: unknown }) => client.setIdentity(args.params)) as Handler,
    connectDomainEventRegister: async () => {
      await client.registerLegacy(0);
      return { cbRegistered: 1 };
    },
    connectDomainEventDeregister: () => {
      client.deregisterLegacy(0);
      return { cbRegistered: 0 };
    },
    connectDomainEventRegisterAny: ((args: { eventID: number }) =>
      client.registerLegacy(args.eventID)) as Handler,
    connectDomainEventDeregisterAny: ((args: { eventID: number }) =>
      client.deregisterLegacy(args.eventID)) as Handler,
    connectDomainEventCallbackRegisterAny: any('domain', 'dom', 'virConnectDomainEventRegisterAny'),
    connectDomainEventCallbackDeregisterAny: remove('domain'),
    connectNetworkEventRegisterAny: any('network', 'net', 'virConnectNetworkEventRegisterAny'),
    connectNetworkEventDeregisterAny: remove('network'),
    connectStoragePoolEventRegisterAny: any('storage_pool', 'pool', 'virConnectStoragePoolEventRegisterAny'),
    connectStoragePoolEventDeregisterAny: remove('storage_pool'),
    connectNodeDeviceEventRegisterAny: any('node_device', 'dev', 'virConnectNodeDeviceEventRegisterAny'),
    connectNodeDeviceEventDeregisterAny: remove('node_device'),
    connectSecretEventRegisterAny: any('secret', 'secret', 'virConnectSecretEventRegisterAny'),
    connectSecretEventDeregisterAny: remove('secret'),
    connectRegisterCloseCallback: () => client.setCloseCallback(true),
    connectUnregisterCloseCallback: () => client.setCloseCallback(false),
  };
  return new Map(Object.entries(calls));
}
