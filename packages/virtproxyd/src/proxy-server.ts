import type { ProxyConfig } from '@modvirt/core/config';
import type { ByteChannel, Clock, Descriptors, Logger } from '@modvirt/core/ports';
import { lxcProgram, qemuProgram, remoteProgram } from '@modvirt/core/protocol';
import type { DaemonLink } from '@modvirt/core/rpc';
import { ProgramTable } from './calls/program-table.js';
import { type PolkitCheck, Relay } from './calls/relay.js';
import { ClientConnection } from './client/client-connection.js';
import { type ClientLimits, defaultLimits } from './client/client-limits.js';
import { ClientSet } from './client/client-set.js';
import { encodeRemoteMessage } from './events/encode-message.js';
import { EventHub } from './events/event-hub.js';
import type { DaemonPlaces } from './routing/daemon-places.js';
import { Upstreams } from './routing/upstreams.js';

export type Auth = 'none' | 'polkit';

export interface ProxyOptions {
  readonly config: ProxyConfig;
  readonly places: DaemonPlaces;
  readonly clock: Clock;
  readonly descriptors: Descriptors;
  readonly log: Logger;
  readonly polkit: PolkitCheck;
  /** Whose processes may speak for others, besides root's. */
  readonly ownUid: number;
  connect(daemon: string): DaemonLink;
  /** Keeps the daemon from ending as idle until the returned function is called. */
  hold(): () => void;
}

export interface AcceptOptions {
  readonly readOnly: boolean;
  readonly auth: Auth;
  readonly transport?: 'unix' | 'tcp' | 'tls';
}

/** virConnectCloseReason: the other side closed the connection. */
const END_OF_FILE = 1;

/** The server that libvirt's clients speak to: takes their connections and relays their calls. */
export class ProxyServer {
  readonly clients: ClientSet;
  readonly #options: ProxyOptions;
  readonly #table = new ProgramTable([remoteProgram, qemuProgram, lxcProgram]);
  readonly #upstreams: Upstreams;
  readonly #hubs = new Map<string, EventHub>();
  readonly #limits: ClientLimits;

  constructor(options: ProxyOptions) {
    const { config, places, log, connect } = options;
    this.#options = options;
    this.#upstreams = new Upstreams(places, connect);
    this.clients = new ClientSet(
      { maxClients: config.max_clients, maxAnonymousClients: config.max_anonymous_clients },
      log,
    );
    this.#limits = {
      ...defaultLimits,
      requests: config.max_client_requests,
      keepaliveIntervalSeconds: config.keepalive_interval,
      keepaliveCount: config.keepalive_count,
    };
  }

  accept(channel: ByteChannel, { readOnly, auth, transport = 'unix' }: AcceptOptions): void {
    const { clock, descriptors, log, polkit } = this.#options;
    const client = new ClientConnection({
      id: this.clients.nextId(),
      channel,
      table: this.#table,
      limits: this.#limits,
      clock,
      descriptors,
      log,
      readOnly,
      needsAuth: auth !== 'none',
      transport,
    });
    if (!this.clients.admit(client)) {
      channel.destroy();
      return;
    }
    const services = {
      upstreams: this.#upstreams,
      descriptors,
      auth,
      polkit,
      maySpeakForOthers: ({ options }: ClientConnection) => this.#isPrivileged(options.channel),
      closeMessage: () =>
        encodeRemoteMessage(this.#table, remoteProgram.events.connectEventConnectionClosed, {
          reason: END_OF_FILE,
        }),
      hub: (daemon: string, link: DaemonLink) => this.#hub(daemon, link),
    };
    const letGo = this.#options.hold();
    client.start(new Relay(client, services), () => {
      this.clients.remove(client);
      letGo();
    });
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.end();
    for (const hub of this.#hubs.values()) hub.close();
    await this.#upstreams.close();
  }

  #isPrivileged({ peer }: ByteChannel): boolean {
    return peer !== undefined && (peer.uid === 0 || peer.uid === this.#options.ownUid);
  }

  #hub(daemon: string, link: DaemonLink): EventHub {
    let hub = this.#hubs.get(daemon);
    if (hub === undefined) {
      hub = new EventHub(link, this.#table, this.#options.log);
      this.#hubs.set(daemon, hub);
    }
    return hub;
  }
}
