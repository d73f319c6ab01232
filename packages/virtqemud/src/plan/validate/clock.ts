import type { Domain } from '@modvirt/core/schema';
import type { Timer } from '../definition/types.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for timers, and ways of theirs, that QEMU has not */
export function validateClock({ clock }: Domain): void {
  for (const timer of clock.timers) checkTimer(timer);
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
  if (name === 'hpet' && tickpolicy !== 'delay') throw unsupported('unsupported hpet tickpolicy');
}
