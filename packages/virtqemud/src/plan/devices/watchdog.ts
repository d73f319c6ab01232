import type { Domain } from '@modvirt/core/schema';
import type { Assembly } from '../assembly.js';
import { aliasOf } from '../definition/controllers.js';
import type { Watchdog } from '../definition/types.js';
import { addressProps } from './address-props.js';

/** Adds all watchdogs and what happens when they bite; QEMU knows one action for all of them. */
export function addWatchdogs(to: Assembly, domain: Domain): void {
  const { watchdogs } = domain.devices;
  const [first] = watchdogs;
  if (first === undefined) return;
  for (const watchdog of watchdogs) addWatchdog(to, watchdog);
  to.out.option('watchdog-action', first.action === 'dump' ? 'pause' : first.action);
}

export function addWatchdog(to: Assembly, watchdog: Watchdog): void {
  if (watchdog.model === 'itco') {
    to.out.option('global', 'ICH9-LPC.noreboot=off');
    return;
  }
  to.out.device({ driver: watchdog.model, id: aliasOf(watchdog), ...addressProps(to, watchdog) });
}
