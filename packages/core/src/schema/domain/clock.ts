import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional, withDefault } from '../../xml/field.js';
import { int64, oneOf, type Scalar, string, uint, uint64, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { unknown } from '../refusals.js';

const catchup = element('catchup', {
  threshold: optional(attr(uint('nanoseconds'), { absent: '0' })),
  slew: optional(attr(uint(), { absent: '0' })),
  limit: optional(attr(uint(), { absent: '0' })),
});

const timer = element('timer', {
  name: attr(oneOf('platform', 'pit', 'rtc', 'hpet', 'tsc', 'kvmclock', 'hypervclock', 'armvtimer')),
  present: optional(attr(yesNo)),
  tickpolicy: optional(attr(oneOf('delay', 'catchup', 'merge', 'discard'))),
  track: optional(attr(oneOf('boot', 'guest', 'wall', 'realtime'))),
  frequency: optional(attr(uint64('Hz'), { absent: '0' })),
  mode: optional(attr(oneOf('auto', 'native', 'emulate', 'paravirt', 'smpsafe'))),
  catchup: optional(child(catchup)),
});
export type Timer = Infer<typeof timer>;

const seconds = int64('seconds');

/** Seconds, or `reset`: what the guest did to its clock is forgotten at the next start. */
const adjustment: Scalar<bigint | 'reset'> = {
  shape: string.shape,
  expected: '',
  parse: (text) => (text === 'reset' ? 'reset' : seconds.parse(text)),
  format: String,
};

const badAdjustment = {
  invalid: (value: string) => VirError.of('XML_ERROR', `unknown clock adjustment '${value}'`),
};

function missing(attribute: string, offset = attribute) {
  return {
    missing: () =>
      VirError.of('INTERNAL_ERROR', `missing '${attribute}' attribute for clock with offset='${offset}'`),
  };
}

const timers = { timers: children(timer) };

const clockBody = variants(
  'offset',
  {
    utc: { adjustment: optional(attr(adjustment, badAdjustment)), ...timers },
    localtime: { adjustment: optional(attr(adjustment, badAdjustment)), ...timers },
    variable: {
      adjustment: withDefault(attr(seconds), 0n),
      basis: withDefault(attr(oneOf('utc', 'localtime')), 'utc'),
      ...timers,
    },
    timezone: { timezone: attr(string, missing('timezone')), ...timers },
    absolute: { start: attr(uint64('seconds'), missing('start', 'absolute')), ...timers },
  },
  { fallback: 'utc', unknown: unknown('clock offset').invalid },
);
export type Clock = Infer<typeof clockBody>;

/** A clock that begins beside UTC or local time is one that varies from it. */
function asVariable(value: Clock): Clock {
  if ((value.offset !== 'utc' && value.offset !== 'localtime') || typeof value.adjustment !== 'bigint') {
    return value;
  }
  return { offset: 'variable', adjustment: value.adjustment, basis: value.offset, timers: value.timers };
}

/** `<clock>`: what the guest's clock starts from. */
export const clock = element('clock', clockBody, { adjust: asVariable });
