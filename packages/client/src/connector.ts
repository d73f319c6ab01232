import {
  type ByteChannel,
  type Clock,
  type Logger,
  startDeadline,
  untilAborted,
  withDeadline,
} from '@modvirt/core/ports';
import { ClientConnection, type ClientConnectionOptions, type LinkLostError } from '@modvirt/core/rpc';
import { connectError } from './connect-error.js';

export interface ConnectorOptions {
  /** For messages: where the daemon is reached. */
  readonly address: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly connection: ClientConnectionOptions;
  /** How long one attempt may take, with the handshake. */
  readonly attemptMs: number;
  /** How long callers wait for a daemon that was there before. */
  readonly reconnectMs: number;
  open(signal: AbortSignal): Promise<ByteChannel>;
  /** Whether anybody still needs the daemon. */
  isWanted(): boolean;
  onUp(connection: ClientConnection): void;
  /** The daemon was there and did not come back in time. */
  onGivenUp(): void;
}

const FIRST_PAUSE_MS = 10;
const LAST_PAUSE_MS = 1_000;
/** A connection that is lost sooner is not worth making again at once. */
const SHORT_LIFE_MS = 1_000;

// A daemon that takes long may take longer; whoever waits for it waits a tenth more than it took.
function pauseAfter(waitedMs: number): number {
  return Math.min(Math.max(waitedMs / 10, FIRST_PAUSE_MS), LAST_PAUSE_MS);
}

/**
 * Keeps one connection to a daemon while it is wanted. A daemon that was never reached is tried once for each caller; one that
 * was there is waited for, as it is probably being restarted.
 */
export class Connector {
  readonly #options: ConnectorOptions;
  readonly #closing = new AbortController();
  #current: ClientConnection | undefined;
  #connecting: Promise<ClientConnection> | undefined;
  #wasUp = false;
  #upSinceMs = 0;
  /** How many connections in a row were lost at once. */
  #shortLives = 0;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  /** The connection, if there is one that takes calls. */
  get current(): ClientConnection | undefined {
    return this.#current?.isLeaving === false ? this.#current : undefined;
  }

  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** @throws VirError when the daemon cannot be reached; the signal's reason */
  async connection(signal?: AbortSignal): Promise<ClientConnection> {
    signal?.throwIfAborted();
    const { current } = this;
    if (current !== undefined) return current;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return signal === undefined ? this.#connecting : untilAborted(signal, this.#connecting);
  }

  /** Gives up the connection, until somebody wants one again. */
  disconnect(): void {
    this.#current?.end();
  }

  close(): void {
    this.#closing.abort(new Error('the link is closed'));
    this.#current?.end();
  }

  async #connect(): Promise<ClientConnection> {
    const { address, clock, reconnectMs } = this.#options;
    const deadline = startDeadline(clock, 'reconnecting', reconnectMs, this.#closing.signal);
    try {
      await this.#restAfterShortLives(deadline.signal);
      for (const startedMs = clock.monotonicMs(); ; ) {
        try {
          return await this.#attempt();
        } catch (error) {
          if (!this.#wasUp || deadline.signal.aborted) throw error;
        }
        await this.#pause(pauseAfter(clock.monotonicMs() - startedMs), deadline.signal, true);
      }
    } catch (error) {
      // The next caller is told at once, unless it is back by then.
      const isNews = this.#wasUp && !this.isClosed;
      this.#wasUp = false;
      if (isNews) this.#options.onGivenUp();
      throw connectError(address, error);
    } finally {
      deadline.cancel();
    }
  }

  async #restAfterShortLives(signal: AbortSignal): Promise<void> {
    if (this.#shortLives < 2) return;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#shortLives, LAST_PAUSE_MS);
    await this.#pause(pauseMs, signal, true);
  }

  async #attempt(): Promise<ClientConnection> {
    const { clock, attemptMs, open, connection } = this.#options;
    const limit = { what: 'connecting', timeoutMs: attemptMs, signal: this.#closing.signal };
    return withDeadline(clock, limit, async (signal) => {
      const channel = await open(signal);
      const fresh = new ClientConnection(channel, connection);
      fresh.start((error) => this.#lost(fresh, error));
      try {
        await untilAborted(signal, fresh.ready);
      } catch (error) {
        fresh.destroy();
        throw error;
      }
      this.#current = fresh;
      this.#wasUp = true;
      this.#upSinceMs = clock.monotonicMs();
      this.#options.onUp(fresh);
      return fresh;
    });
  }

  #lost(connection: ClientConnection, error: LinkLostError): void {
    if (this.#current !== connection) return;
    this.#current = undefined;
    const { clock, log, isWanted } = this.#options;
    const wasShort = clock.monotonicMs() - this.#upSinceMs < SHORT_LIFE_MS;
    this.#shortLives = wasShort ? this.#shortLives + 1 : 0;
    if (this.isClosed || !isWanted()) return;
    log.info('daemon is gone, waiting for it', { address: this.#options.address, cause: error.cause });
    this.#keepTrying().catch((reason: unknown) => {
      if (!this.isClosed) log.error('cannot keep trying', { error: reason });
    });
  }

  // Sessions and subscriptions come back by themselves; nobody may be calling just now.
  async #keepTrying(): Promise<void> {
    while (!this.isClosed && this.#options.isWanted()) {
      try {
        await this.connection();
        return;
      } catch (error) {
        this.#options.log.debug('daemon cannot be reached', { error });
      }
      if (this.isClosed) return;
      await this.#pause(LAST_PAUSE_MS, this.#closing.signal, false);
    }
  }

  #pause(ms: number, signal: AbortSignal, holds: boolean): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        timer.cancel();
        reject(signal.reason);
      };
      const timer = clock.setTimer(
        ms,
        () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
        { holds },
      );
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
