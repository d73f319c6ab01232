import type { Driver } from '../driver/driver.js';
import type { Scope } from '../jobs/scope.js';
import { type Clock, withDeadline } from '../ports/clock.js';
import type { HeldLock } from '../ports/file-locks.js';
import type { Listener } from '../ports/listener.js';
import type { Logger } from '../ports/logger.js';
import type { ServiceManager } from '../ports/service-manager.js';
import type { RpcServer } from '../rpc/rpc-server.js';
import type { ListenPlan } from './daemon-context.js';
import type { DaemonListeners } from './daemon-listeners.js';
import { IdleTimer } from './idle-timer.js';

const CALLS_GRACE_MS = 5_000;
const CLOSE_GRACE_MS = 10_000;

export interface DaemonLifeParts {
  readonly server: RpcServer;
  readonly listeners: DaemonListeners;
  readonly serviceManager: ServiceManager;
  readonly scope: Scope;
  readonly clock: Clock;
  readonly log: Logger;
  readonly pidLock: HeldLock;
  /** 0: never. */
  readonly idleMs: number;
  /** Ends the process. */
  exit(code: number): void;
}

/** From the first connection to the end: idle time, watchdog, reload, graceful stop. */
export class DaemonLife {
  readonly #parts: DaemonLifeParts;
  readonly #idle: IdleTimer;
  #driver: Driver | undefined;
  #isStopping = false;

  constructor(parts: DaemonLifeParts) {
    this.#parts = parts;
    this.#idle = new IdleTimer({
      clock: parts.clock,
      timeoutMs: parts.idleMs,
      isIdle: () => this.#isIdle(),
      onExpired: () => this.stop('idle'),
    });
  }

  /** Keeps the daemon from ending as idle until the returned function is called. */
  hold(): () => void {
    return this.#idle.hold();
  }

  /** Opens a socket and takes connections from it at once. */
  listen(plan: ListenPlan): Listener {
    const listeners = this.#parts.listeners.open(plan, [plan.name]);
    for (const listener of listeners) this.#parts.listeners.start(listener, plan.onChannel);
    const [first] = listeners;
    if (first === undefined) throw new Error(`no socket for ${plan.name}`);
    return first;
  }

  /** The driver is there: all is ready. */
  begin(driver: Driver): void {
    const { server, serviceManager } = this.#parts;
    this.#driver = driver;
    server.onChange(() => this.#idle.look());
    serviceManager.notify('READY=1');
    this.#feedWatchdog();
    this.#idle.look();
  }

  async reload(): Promise<void> {
    const { serviceManager, clock, log } = this.#parts;
    const microseconds = Math.round(clock.monotonicMs() * 1000);
    serviceManager.notify('RELOADING=1', `MONOTONIC_USEC=${microseconds}`);
    try {
      await this.#driver?.reload?.();
      log.info('configuration was read again');
    } finally {
      serviceManager.notify('READY=1');
    }
  }

  /** Stops gracefully, within deadlines, and ends the process. */
  stop(reason: string): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const { log, serviceManager, listeners, exit } = this.#parts;
    log.info('stopping', { reason });
    this.#idle.stop();
    serviceManager.notify('STOPPING=1');
    listeners.closeAll();
    this.#close().then(
      () => exit(0),
      (error: unknown) => {
        log.error('did not stop as it should', { error });
        exit(1);
      },
    );
  }

  async #close(): Promise<void> {
    const { server, scope, clock, pidLock } = this.#parts;
    await server.stop(CALLS_GRACE_MS);
    await withDeadline(clock, { what: 'ending background work', timeoutMs: CLOSE_GRACE_MS }, async () => {
      await scope.close(new Error('the daemon is stopping'));
      await this.#driver?.close?.();
    });
    pidLock.release();
  }

  #isIdle(): boolean {
    const { server, idleMs } = this.#parts;
    if (idleMs === 0 || this.#driver === undefined) return false;
    const { links, callsInFlight } = server.counts;
    return links === 0 && callsInFlight === 0 && this.#driver.isBusy?.() !== true;
  }

  #feedWatchdog(): void {
    const { serviceManager, clock } = this.#parts;
    const intervalMs = serviceManager.watchdogIntervalMs;
    if (intervalMs === undefined || this.#isStopping) return;
    serviceManager.notify('WATCHDOG=1');
    clock.setTimer(intervalMs / 2, () => this.#feedWatchdog(), { holds: false });
  }
}
