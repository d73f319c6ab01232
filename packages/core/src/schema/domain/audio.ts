import { attr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { type Fields, fields, merge } from '../../xml/group.js';
import { int, nonZero, oneOf, string, uint, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';

const settings = element('settings', {
  frequency: optional(attr(uint('Hz'))),
  channels: optional(attr(uint())),
  format: optional(attr(oneOf('s8', 'u8', 's16', 'u16', 's32', 'u32', 'f32'))),
});

const common = {
  mixingEngine: optional(attr(yesNo)),
  fixedSettings: optional(attr(yesNo)),
  voices: optional(attr(uint())),
  bufferLength: optional(attr(uint('microseconds'))),
};
const tail = { settings: optional(child(settings)) };

/** Both directions of one backend. */
function directions<F extends Fields>(own: F) {
  const body = { ...common, ...own, ...tail };
  return {
    input: optional(child(element('input', body))),
    output: optional(child(element('output', body))),
  };
}

const alsa = { dev: optional(attr(string)) };
const buffers = { bufferCount: optional(attr(uint())) };
const jack = {
  serverName: optional(attr(string)),
  clientName: optional(attr(string)),
  connectPorts: optional(attr(string)),
  exactName: optional(attr(yesNo)),
};
const oss = {
  dev: optional(attr(string)),
  ...buffers,
  tryPoll: optional(attr(yesNo)),
};
const pulse = {
  name: optional(attr(string)),
  streamName: optional(attr(string)),
  latency: optional(attr(uint('microseconds'))),
};

const id = attr(nonZero(uint()));
const timerPeriod = optional(attr(nonZero(uint('microseconds'))));

/** `<audio>`: where sound goes on the host. */
export const audio = element(
  'audio',
  merge(
    fields({ id }),
    variants('type', {
      none: { timerPeriod, ...directions({}) },
      alsa: { timerPeriod, ...directions(alsa) },
      coreaudio: { timerPeriod, ...directions(buffers) },
      jack: { timerPeriod, ...directions(jack) },
      oss: {
        timerPeriod,
        tryMMap: optional(attr(yesNo)),
        exclusive: optional(attr(yesNo)),
        dspPolicy: optional(attr(int())),
        ...directions(oss),
      },
      pulseaudio: { timerPeriod, serverName: optional(attr(string)), ...directions(pulse) },
      sdl: {
        timerPeriod,
        driver: optional(attr(oneOf('esd', 'alsa', 'arts', 'pulseaudio'))),
        ...directions(buffers),
      },
      spice: { timerPeriod, ...directions({}) },
      file: { timerPeriod, path: optional(attr(string)), ...directions({}) },
      dbus: { timerPeriod, ...directions({}) },
      pipewire: { timerPeriod, runtimeDir: optional(attr(string)), ...directions(pulse) },
    }),
  ),
);
export type Audio = Infer<typeof audio>;
