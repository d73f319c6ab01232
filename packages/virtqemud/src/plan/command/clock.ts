import type { Domain } from '@modvirt/core/schema';
import type { Assembly } from '../assembly.js';
import { type OptionPart, options } from './options.js';

/** `-rtc` and what concerns the guest's timers. */
export function addClock(to: Assembly): void {
  const { domain } = to;
  if (domain.clock.offset === 'timezone') to.out.environment('TZ', domain.clock.timezone);
  to.out.option('rtc', options(['base', rtcBase(to)], ...rtcTimer(domain)));
  for (const timer of domain.clock.timers) {
    const delays = timer.tickpolicy === undefined || timer.tickpolicy === 'delay';
    if (timer.name === 'pit' && delays && to.cx.caps.has('kvm-pit-lost-tick-policy')) {
      to.out.option('global', 'kvm-pit.lost_tick_policy=delay');
    }
    if (
      timer.name === 'pit' &&
      timer.tickpolicy === 'discard' &&
      to.cx.caps.has('kvm-pit-lost-tick-policy')
    ) {
      to.out.option('global', 'kvm-pit.lost_tick_policy=discard');
    }
    if (timer.name === 'hpet' && timer.present === false && !to.cx.caps.has('machine-hpet')) {
      to.out.option('no-hpet');
    }
  }
}

function rtcBase(to: Assembly): string {
  const { clock } = to.domain;
  switch (clock.offset) {
    case 'utc':
      return 'utc';
    case 'localtime':
    case 'timezone':
      return 'localtime';
    case 'variable': {
      const local = clock.basis === 'localtime' ? BigInt(to.cx.host.utcOffsetSeconds) : 0n;
      return isoTime(BigInt(to.cx.now) + local + clock.adjustment);
    }
    case 'absolute':
      return isoTime(clock.start);
  }
}

/** `2009-02-13T23:31:30`, UTC. */
function isoTime(seconds: bigint): string {
  return new Date(Number(seconds) * 1000).toISOString().replace(/\.\d+Z$/, '');
}

function rtcTimer(domain: Domain): readonly OptionPart[] {
  const timer = domain.clock.timers.find((it) => it.name === 'rtc');
  if (timer === undefined) return [];
  const tracks = { boot: 'rt', guest: 'vm', wall: 'host', realtime: 'rt' } as const;
  const clock = timer.track === undefined ? undefined : tracks[timer.track];
  return [
    ['clock', clock],
    ['driftfix', timer.tickpolicy === 'catchup' ? 'slew' : undefined],
  ];
}
