import {
  formatLogFilters,
  formatLogOutputs,
  type LogDestination,
  type LogFilter,
  parseLogFilters,
  parseLogOutputs,
} from '@modvirt/core/config';
import { VirError } from '@modvirt/core/errors';
import type { TypedParameter } from '@modvirt/core/protocol';
import type { ClientConnection } from '../client/client-connection.js';
import { type AccountNames, clientInfo, clientRef } from './client-info.js';
import type { ManagedServer } from './managed-server.js';

/** What the daemon logs and where. */
export interface LogSettings {
  readonly filters: readonly LogFilter[];
  setFilters(filters: readonly LogFilter[]): void;
  readonly destinations: readonly LogDestination[];
  setDestinations(destinations: readonly LogDestination[]): Promise<void>;
}

export interface AdminServices {
  /** By name, `admin` first. */
  readonly servers: readonly ManagedServer[];
  /** The name of `libvirtd`'s server, which scripts know. */
  readonly alias: { readonly name: string; readonly means: string };
  /** libvirt's version that we answer for, as it counts: 9 * 1,000,000 + … */
  readonly libVersion: bigint;
  readonly log: LogSettings;
  readonly accounts: AccountNames;
  shutdown(reason: string): void;
}

interface ServerArgs {
  readonly srv: { readonly name: string };
}

interface ClientArgs {
  readonly clnt: ServerArgs & { readonly id: bigint };
}

type AdminHandler = (args: never, caller: ClientConnection) => unknown;

/** Answers to the procedures of the admin program, by the row's name. */
export function adminCalls(services: AdminServices): ReadonlyMap<string, AdminHandler> {
  return new Map<string, AdminHandler>(
    Object.entries({
      connectOpen: () => ({}),
      connectGetLibVersion: () => ({ libVer: services.libVersion }),
      ...serverCalls(services),
      ...clientCalls(services),
      ...logCalls(services),
      connectDaemonShutdown: () => {
        services.shutdown('an administrator asked for it');
        return {};
      },
    }),
  );
}

function serverCalls(services: AdminServices) {
  return {
    connectListServers: ({ needResults }: { needResults: number }) => ({
      servers: needResults === 0 ? [] : services.servers.map(({ name }) => ({ name })),
      ret: services.servers.length,
    }),
    connectLookupServer: ({ name }: { name: string }) => ({
      srv: { name: serverNamed(services, name).name },
    }),
    serverGetThreadpoolParameters: ({ srv }: ServerArgs) => ({
      params: serverNamed(services, srv.name).threadpool(),
    }),
    serverSetThreadpoolParameters: ({ srv, params }: ServerArgs & { params: readonly TypedParameter[] }) => {
      serverNamed(services, srv.name).setThreadpool(params);
      return {};
    },
    serverGetClientLimits: ({ srv }: ServerArgs) => ({ params: serverNamed(services, srv.name).limits() }),
    serverSetClientLimits: ({ srv, params }: ServerArgs & { params: readonly TypedParameter[] }) => {
      serverNamed(services, srv.name).setLimits(params);
      return {};
    },
    serverUpdateTlsFiles: ({ srv }: ServerArgs) => {
      serverNamed(services, srv.name);
      const text = 'no tls service found, unable to update tls files';
      throw VirError.of('INTERNAL_ERROR', text, { domain: 'RPC' });
    },
  };
}

function clientCalls(services: AdminServices) {
  return {
    serverListClients: ({ srv, needResults }: ServerArgs & { needResults: number }) => {
      const { name, clients } = serverNamed(services, srv.name);
      const list = needResults === 0 ? [] : [...clients].map((client) => clientRef(name, client));
      return { clients: list, ret: clients.size };
    },
    serverLookupClient: ({ srv, id }: ServerArgs & { id: bigint }) => {
      const { name } = serverNamed(services, srv.name);
      return { clnt: clientRef(name, clientNumbered(services, srv.name, id)) };
    },
    clientGetInfo: async ({ clnt }: ClientArgs) => ({
      params: await clientInfo(clientNumbered(services, clnt.srv.name, clnt.id), services.accounts),
    }),
    clientClose: ({ clnt }: ClientArgs) => {
      clientNumbered(services, clnt.srv.name, clnt.id).destroy('an administrator closed it');
      return {};
    },
  };
}

function logCalls({ log }: AdminServices) {
  return {
    connectGetLoggingOutputs: () => ({
      outputs: formatLogOutputs(log.destinations),
      noutputs: log.destinations.length,
    }),
    connectGetLoggingFilters: () => {
      const { filters } = log;
      return { filters: filters.length === 0 ? null : formatLogFilters(filters), nfilters: filters.length };
    },
    connectSetLoggingOutputs: async ({ outputs }: { outputs: string | null }) => {
      await log.setDestinations(parseLogOutputs(outputs ?? ''));
      return {};
    },
    connectSetLoggingFilters: ({ filters }: { filters: string | null }) => {
      log.setFilters(parseLogFilters(filters ?? ''));
      return {};
    },
  };
}

function serverNamed({ servers, alias }: AdminServices, name: string): ManagedServer {
  const meant = name === alias.name ? alias.means : name;
  const found = servers.find((server) => server.name === meant);
  if (found === undefined) throw VirError.of('NO_SERVER', `No server named '${name}'`, { domain: 'RPC' });
  return found;
}

function clientNumbered(services: AdminServices, server: string, id: bigint): ClientConnection {
  const client = serverNamed(services, server).clients.get(Number(id));
  if (client === undefined)
    throw VirError.of('NO_CLIENT', `No client with matching ID '${id}'`, { domain: 'RPC' });
  return client;
}
