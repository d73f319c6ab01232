import type { Driver } from '../driver/driver.js';
import { EventLog } from '../events/event-log.js';
import type { ByteChannel, PeerCredentials } from '../ports/byte-channel.js';
import type { Clock } from '../ports/clock.js';
import { startDeadline } from '../ports/clock.js';
import type { Descriptors } from '../ports/descriptors.js';
import type { Logger } from '../ports/logger.js';
import { FrameWriter } from './frame-codec.js';
import { type Contracts, PlainCodecs } from './handshake.js';
import { ProcedureTable } from './procedure-table.js';
import type { ServerContext } from './server-context.js';
import { ServerLink } from './server-link.js';

export interface RpcServerOptions {
  readonly daemon: string;
  readonly version: string;
  /** Names this run of the daemon: other than any before. */
  readonly epoch: string;
  readonly clock: Clock;
  readonly descriptors: Descriptors;
  readonly log: Logger;
  /** Our own user, who may speak for others, as root may. */
  readonly ownUid: number;
}

export interface ServerCounts {
  readonly links: number;
  readonly sessions: number;
  readonly callsInFlight: number;
  readonly callsTotal: number;
}

/** The native side of a daemon: takes channels, calls the driver's handlers, sends the events. */
export class RpcServer {
  readonly events: EventLog;
  readonly #options: RpcServerOptions;
  readonly #writer = new FrameWriter();
  readonly #plainCodecs = new PlainCodecs();
  readonly #links = new Set<ServerLink>();
  #context: ServerContext | undefined;
  #sessionsOpened = 0;
  #callsTotal = 0;
  #callsInFlight = 0;
  #onChange: () => void = () => undefined;

  constructor(options: RpcServerOptions) {
    this.#options = options;
    this.events = new EventLog({ epoch: options.epoch, encode: (value) => this.#writer.encodeValue(value) });
  }

  get counts(): ServerCounts {
    let sessions = 0;
    for (const link of this.#links) sessions += link.sessionCount;
    return {
      links: this.#links.size,
      sessions,
      callsInFlight: this.#callsInFlight,
      callsTotal: this.#callsTotal,
    };
  }

  /** Called whenever a link, a session or a call has come or gone. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /**
   * From here on channels are served.
   *
   * @param contracts how peers of another release are spoken to; without them all must be of this one
   */
  serve(driver: Driver, contracts?: Contracts): void {
    const { daemon, version, epoch, clock, descriptors, log, ownUid } = this.#options;
    this.#context = {
      driver,
      procedures: new ProcedureTable(driver.programs),
      events: this.events,
      writer: this.#writer,
      handshake: { greeting: { daemon, version, epoch }, contracts, plainCodecs: this.#plainCodecs },
      clock,
      descriptors,
      log,
      trusts: (peer) => isTrusted(peer, ownUid),
      nextId: () => ++this.#sessionsOpened,
      callBegins: () => {
        this.#callsTotal++;
        this.#callsInFlight++;
      },
      callEnds: () => {
        // Mostly at once; who looks at the count wants to know of the last one.
        if (--this.#callsInFlight === 0) this.#onChange();
      },
      onChange: () => this.#onChange(),
    };
  }

  accept(channel: ByteChannel): void {
    if (this.#context === undefined) throw new Error('server has no driver yet');
    const link = new ServerLink(channel, this.#context, () => {
      this.#links.delete(link);
      this.#onChange();
    });
    this.#links.add(link);
    link.start();
    this.#onChange();
  }

  /**
   * Aborts all calls, waits until they have ended and their replies are sent, at most `graceMs`, and closes all links.
   * Whoever accepts channels has stopped before.
   */
  async stop(graceMs: number): Promise<void> {
    for (const link of this.#links) link.goodbye();
    const deadline = startDeadline(this.#options.clock, 'stopping the server', graceMs);
    await this.#until(deadline.signal, () => this.counts.callsInFlight === 0);
    for (const link of this.#links) link.end();
    await this.#until(deadline.signal, () => this.#links.size === 0);
    deadline.cancel();
    for (const link of this.#links) link.destroy();
  }

  // Resolves when `isSo` after a change, or when the signal aborts.
  #until(signal: AbortSignal, isSo: () => boolean): Promise<void> {
    if (signal.aborted || isSo()) return Promise.resolve();
    return new Promise((resolve) => {
      const before = this.#onChange;
      const done = (): void => {
        this.#onChange = before;
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#onChange = () => {
        before();
        if (isSo()) done();
      };
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

function isTrusted(peer: PeerCredentials | undefined, ownUid: number): boolean {
  return peer !== undefined && (peer.uid === 0 || peer.uid === ownUid);
}
