import type { QemuDriver } from '../driver.js';
import type { MonitorEvent } from '../monitor/monitor.js';
import { deviceByAlias } from '../plan/hotplug/insert-device.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { forget, unplugAnswer } from './detach-live.js';
import { refreshVcpus } from './vcpus.js';

/** What a guest says of its devices: one is gone at last, or it keeps one. */
export function onUnplugEvent(
  driver: QemuDriver,
  domain: QemuDomain,
  runtime: GuestRuntime,
  event: MonitorEvent,
): void {
  const alias = event.data.device;
  if (typeof alias !== 'string') return;
  const answer = unplugAnswer(event, alias);
  if (answer === 'refused') {
    driver.notifier.emit('domainDeviceRemovalFailed', domain.reference, { devAlias: alias });
    return;
  }
  if (answer === 'deleted' && /^vcpu\d+$/.test(alias)) {
    driver.scope.spawn(`unplug of ${alias}`, () => refreshVcpus(driver, domain, runtime));
    return;
  }
  // Whoever waits for it does the rest.
  if (answer === undefined || runtime.unplugging.has(alias)) return;
  driver.scope.spawn(`unplug of ${alias}`, (signal) =>
    domain.withJob({ kind: 'modify', owner: 'device removal', signal }, async () => {
      const found = domain.live && deviceByAlias(domain.live, alias);
      if (found !== undefined && domain.runtime === runtime) await forget(driver, domain, runtime, found);
    }),
  );
}
