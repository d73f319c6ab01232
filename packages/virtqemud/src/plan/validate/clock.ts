import type { Domain } from '@modvirt/core/schema';
import { archOf, machineName } from '../definition/machine.js';
import type { Timer } from '../definition/types.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for timers, and ways of theirs, that QEMU has not */
export function validateClock(domain: Domain): void {
  for (const timer of domain.clock.timers) {
    checkTimer(timer);
    if (timer.name !== 'armvtimer' || isArm(domain)) continue;
    throw unsupported(
      `Configuring the 'armvtimer' timer is not supported for virtType=${domain.type} ` +
        `arch=${archOf(domain)} machine=${machineName(domain)} guests`,
    );
  }
}

function isArm(domain: Domain): boolean {
  return ['armv6l', 'armv7l', 'aarch64'].includes(archOf(domain));
}

const FOREIGN: ReadonlySet<Timer['name']> = new Set(['platform'] as const);
const RTC_POLICIES: ReadonlySet<string> = new Set(['delay', 'catchup']);
const PIT_POLICIES: ReadonlySet<string> = new Set(['delay', 'catchup', 'discard']);

function checkTimer({ name, tickpolicy }: Timer): void {
  if (FOREIGN.has(name)) throw unsupported(`unsupported timer type (name) '${name}'`);
  if (tickpolicy === undefined) return;
  if (name === 'rtc' && !RTC_POLICIES.has(tickpolicy)) {
    throw unsupported(`unsupported rtc timer tickpolicy '${tickpolicy}'`);
  }
  if (name === 'pit' && !PIT_POLICIES.has(tickpolicy)) {
    throw unsupported(`unsupported pit tickpolicy '${tickpolicy}'`);
  }
  if (name === 'kvmclock' || name === 'hypervclock') {
    throw unsupported(`timer ${name} doesn't support setting of timer tickpolicy`);
  }
}
