import type { ByteChannel, Clock, Descriptors, Logger, Timer } from '@modvirt/core/ports';
import {
  type ClientConnection,
  type ClientConnectionOptions,
  type Contracts,
  type DaemonEvent,
  type DaemonLink,
  type EventGap,
  type EventPosition,
  FrameWriter,
  type KeepaliveLimits,
  LinkLostError,
  type OpenOptions,
  PlainCodecs,
  type RemoteSession,
} from '@modvirt/core/rpc';
import { Connector } from './connector.js';
import { LinkSession } from './link-session.js';
import { LinkSubscription } from './link-subscription.js';

export interface DaemonLinkOptions {
  /** The daemon's name, e.g. `virtqemud`. */
  readonly daemon: string;
  /** Where it is reached, for messages. */
  readonly address: string;
  /** Opens a channel to it. Starting it is not the link's business. */
  open(signal: AbortSignal): Promise<ByteChannel>;
  /** Who we are. */
  readonly name: string;
  readonly version: string;
  readonly clock: Clock;
  readonly descriptors: Descriptors;
  readonly log: Logger;
  readonly contracts?: Contracts;
  readonly keepalive?: KeepaliveLimits;
  readonly attemptMs?: number;
  readonly reconnectMs?: number;
  /** How long a connection that nobody needs is kept. */
  readonly lingerMs?: number;
  readonly checkEvent?: ClientConnectionOptions['checkEvent'];
}

const KEEPALIVE: KeepaliveLimits = { intervalMs: 5_000, count: 5 };
const ATTEMPT_MS = 10_000;
const RECONNECT_MS = 15_000;
const LINGER_MS = 1_000;

/** A link to a daemon. Nothing is opened before it is needed. */
export function connectDaemon(options: DaemonLinkOptions): DaemonLink {
  return new ReconnectingLink(options);
}

class ReconnectingLink implements DaemonLink {
  readonly daemon: string;
  readonly #options: DaemonLinkOptions;
  readonly #connector: Connector;
  readonly #sessions = new Set<LinkSession>();
  readonly #subscriptions = new Set<LinkSubscription>();
  readonly #onLost = new Set<() => void>();
  #lastSession = 0;
  /** Sessions that are being opened. */
  #opening = 0;
  #linger: Timer | undefined;

  constructor(options: DaemonLinkOptions) {
    const { daemon, address, clock, log, attemptMs = ATTEMPT_MS, reconnectMs = RECONNECT_MS, open } = options;
    this.daemon = daemon;
    this.#options = options;
    this.#connector = new Connector({
      address,
      clock,
      log: log.child({ daemon }),
      connection: connectionOptions(options),
      attemptMs,
      reconnectMs,
      open,
      isWanted: () => this.#sessions.size > 0 || this.#subscriptions.size > 0,
      onUp: (connection) => this.#comeBack(connection),
      onGivenUp: () => {
        for (const tell of [...this.#onLost]) tell();
      },
    });
  }

  async openSession(open: OpenOptions): Promise<RemoteSession> {
    this.#refuseClosed();
    const session: LinkSession = new LinkSession({
      number: ++this.#lastSession,
      open,
      connector: this.#connector,
      clock: this.#options.clock,
      descriptors: this.#options.descriptors,
      onClosed: () => {
        this.#sessions.delete(session);
        this.#lingerWhenUnused();
      },
    });
    this.#opening++;
    try {
      await this.#whileConnected((connection) => session.openOn(connection));
      this.#sessions.add(session);
    } finally {
      this.#opening--;
      this.#lingerWhenUnused();
    }
    return session;
  }

  async subscribe(options: {
    readonly from?: EventPosition;
    readonly signal: AbortSignal;
  }): Promise<AsyncIterable<DaemonEvent | EventGap>> {
    const { from, signal } = options;
    this.#refuseClosed();
    signal.throwIfAborted();
    const forget = (): void => {
      signal.removeEventListener('abort', forget);
      subscription.end();
      if (this.#subscriptions.delete(subscription)) this.#lingerWhenUnused();
    };
    const subscription = new LinkSubscription(from, forget);
    this.#subscriptions.add(subscription);
    signal.addEventListener('abort', forget, { once: true });
    try {
      await this.#whileConnected((connection) => subscription.attachTo(connection), signal);
    } catch (error) {
      forget();
      throw error;
    }
    return subscription.events;
  }

  onLost(listener: () => void): () => void {
    const tell = (): void => listener();
    this.#onLost.add(tell);
    return () => void this.#onLost.delete(tell);
  }

  async close(): Promise<void> {
    const gone = new LinkLostError(false).asVirError();
    for (const subscription of this.#subscriptions) subscription.end(gone);
    this.#subscriptions.clear();
    this.#sessions.clear();
    this.#onLost.clear();
    this.#connector.close();
  }

  // A connection may be lost again before `work` is done; a new one is tried then, not for ever.
  async #whileConnected(
    work: (connection: ClientConnection) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    for (let tries = 1; ; tries++) {
      const connection = await this.#connector.connection(signal);
      try {
        return await work(connection);
      } catch (error) {
        if (!(error instanceof LinkLostError)) throw error;
        if (tries === 3 || this.#connector.isClosed) throw error.asVirError();
      }
    }
  }

  #comeBack(connection: ClientConnection): void {
    const { log } = this.#options;
    const failed = (what: string) => (error: unknown) => {
      if (!(error instanceof LinkLostError))
        log.warn(`${what} did not come back`, { daemon: this.daemon, error });
    };
    for (const session of this.#sessions) session.openOn(connection).catch(failed('session'));
    for (const subscription of this.#subscriptions) {
      subscription.attachTo(connection).catch(failed('subscription'));
    }
  }

  #refuseClosed(): void {
    if (this.#connector.isClosed) throw new LinkLostError(false).asVirError();
  }

  // Connections that nobody needs keep the daemon from ending as idle.
  #lingerWhenUnused(): void {
    const { clock, lingerMs = LINGER_MS } = this.#options;
    const isUnused = (): boolean =>
      this.#sessions.size === 0 && this.#subscriptions.size === 0 && this.#opening === 0;
    // Unused for the whole time: clients that come and go keep the connection.
    this.#linger?.cancel();
    this.#linger = undefined;
    if (!isUnused()) return;
    this.#linger = clock.setTimer(lingerMs, () => isUnused() && this.#connector.disconnect(), {
      holds: false,
    });
  }
}

function connectionOptions(options: DaemonLinkOptions): ClientConnectionOptions {
  const { name, version, clock, descriptors, contracts, keepalive = KEEPALIVE, checkEvent } = options;
  return {
    handshake: {
      greeting: { daemon: name, version, epoch: '' },
      contracts,
      plainCodecs: new PlainCodecs(),
    },
    writer: new FrameWriter(),
    clock,
    descriptors,
    keepalive,
    log: options.log,
    ...(checkEvent === undefined ? {} : { checkEvent }),
  };
}
