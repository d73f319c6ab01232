import type { ProxyConfig } from '@modvirt/core/config';
import { notSupported } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import type { ByteChannel, Clock, Descriptors, Logger } from '@modvirt/core/ports';
import { adminProgram } from '@modvirt/core/protocol';
import { ProgramTable, type RelayedProcedure } from '../calls/program-table.js';
import { type CallServer, ClientConnection, type IncomingCall } from '../client/client-connection.js';
import { type ClientLimits, defaultLimits } from '../client/client-limits.js';
import { ClientSet } from '../client/client-set.js';
import { type AdminServices, adminCalls } from './admin-calls.js';
import { ManagedServer } from './managed-server.js';

export interface AdminOptions extends Omit<AdminServices, 'servers'> {
  readonly config: ProxyConfig;
  readonly clock: Clock;
  readonly descriptors: Descriptors;
  readonly clientLog: Logger;
  /** Whose processes may connect, besides root's. */
  readonly ownUid: number;
  /** The other servers of this daemon. */
  readonly others: readonly ManagedServer[];
}

/** The server on the admin socket: for virt-admin and whoever else watches over the daemon. */
export class AdminServer {
  readonly clients: ClientSet;
  readonly #options: AdminOptions;
  readonly #table = new ProgramTable([adminProgram]);
  readonly #limits: ClientLimits;
  readonly #calls: ReturnType<typeof adminCalls>;

  constructor(options: AdminOptions) {
    const { config, clientLog, others } = options;
    this.#options = options;
    this.clients = new ClientSet({ maxClients: config.admin_max_clients, maxAnonymousClients: 0 }, clientLog);
    this.#limits = {
      ...defaultLimits,
      requests: config.admin_max_client_requests,
      keepaliveIntervalSeconds: config.admin_keepalive_interval,
      keepaliveCount: config.admin_keepalive_count,
    };
    const workers = {
      minWorkers: config.admin_min_workers,
      maxWorkers: config.admin_max_workers,
      prioWorkers: 0,
    };
    const own = new ManagedServer('admin', this.clients, workers);
    this.#calls = adminCalls({ ...options, servers: [own, ...others] });
  }

  accept(channel: ByteChannel): void {
    const { clock, descriptors, clientLog, ownUid } = this.#options;
    const uid = channel.peer?.uid;
    if (uid !== 0 && uid !== ownUid) {
      clientLog.warn('admin client refused', { uid });
      channel.destroy();
      return;
    }
    const client = new ClientConnection({
      id: this.clients.nextId(),
      channel,
      table: this.#table,
      limits: this.#limits,
      clock,
      descriptors,
      log: clientLog,
      readOnly: false,
      needsAuth: false,
      transport: 'unix',
    });
    if (this.clients.admit(client)) {
      client.start(new AdminRelay(client, this.#calls), () => this.clients.remove(client));
    } else {
      channel.destroy();
    }
  }

  close(): void {
    for (const client of this.clients) client.end();
  }
}

class AdminRelay implements CallServer {
  readonly #client: ClientConnection;
  readonly #calls: ReturnType<typeof adminCalls>;

  constructor(client: ClientConnection, calls: ReturnType<typeof adminCalls>) {
    this.#client = client;
    this.#calls = calls;
  }

  mayPrecedeAuth(_procedure: RelayedProcedure): boolean {
    return false;
  }

  serve(call: IncomingCall): void | Promise<void> {
    const { procedure } = call;
    if (procedure.name === 'connectClose') {
      this.#reply(call, {});
      this.#client.end();
      return undefined;
    }
    const handler = this.#calls.get(procedure.name);
    if (handler === undefined) throw notSupported(procedure.name, procedure.row);
    refuseFlags(call);
    const answer = handler(call.args as never, this.#client);
    if (answer instanceof Promise) return answer.then((values) => this.#reply(call, values));
    this.#reply(call, answer);
    return undefined;
  }

  onClose(): void {
    // An admin client holds nothing that outlives it.
  }

  #reply({ message, procedure }: IncomingCall, values: unknown): void {
    this.#client.output.reply(message.header, procedure.returns, values);
  }
}

// libvirt's names of the functions that check flags: that of the public one without its vir and with admin in full.
function refuseFlags({ procedure, args }: IncomingCall): void {
  const { flags = 0 } = args as { readonly flags?: number };
  if (flags === 0 || procedure.name === 'connectLookupServer') return;
  const { api = procedure.name } = procedure.row;
  const name = procedure.name === 'connectOpen' ? 'adminDispatchConnectOpen' : api.replace('virAdm', 'admin');
  throw VirError.unsupportedFlags(name, flags, 'ADMIN');
}
