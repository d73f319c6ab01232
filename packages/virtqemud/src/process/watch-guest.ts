import type { QemuDriver } from '../driver.js';
import { finishGuest } from './end-domain.js';
import type { GuestRuntime } from './guest-runtime.js';
import { onMonitorEvent } from './monitor-events.js';
import type { QemuDomain } from './qemu-domain.js';

/** From now on the guest's own doings are heard. */
export function watchGuest(driver: QemuDriver, domain: QemuDomain, runtime: GuestRuntime): void {
  const { name } = domain;
  runtime.monitor.setHandlers({
    onEvent: (event) => {
      if (domain.runtime !== runtime) return;
      onMonitorEvent(driver, domain, runtime, event);
      for (const listener of [...runtime.listeners]) listener(event);
    },
    onEnd: (error) => {
      if (runtime.ending !== undefined || domain.runtime !== runtime) return;
      driver.log.info('monitor ended', { domain: name, error });
      runtime.ending = runtime.gotShutdown ? 'shutdown' : 'crashed';
      const { ending } = runtime;
      driver.scope.spawn(`end of ${name}`, () => finishGuest(driver, domain, runtime, ending));
    },
  });
}
