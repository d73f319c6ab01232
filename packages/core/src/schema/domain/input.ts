import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, onOff, string } from '../../xml/scalars.js';
import { unknown } from '../refusals.js';
import { deviceInfo, virtioDriver } from './device-info.js';

const toggle = oneOf('ctrl-ctrl', 'alt-alt', 'shift-shift', 'meta-meta', 'scrolllock', 'ctrl-scrolllock');

const source = element('source', {
  evdev: optional(attr(string)),
  dev: optional(attr(string)),
  grab: optional(attr(oneOf('all'))),
  grabToggle: optional(attr(toggle)),
  repeat: optional(attr(onOff)),
});

/** `<input>`: keyboard, mouse, tablet, or an input device of the host. */
export const input = element('input', {
  type: attr(oneOf('mouse', 'tablet', 'keyboard', 'passthrough', 'evdev'), {
    ...unknown('input device type'),
    missing: () => VirError.of('INTERNAL_ERROR', 'missing input device type'),
  }),
  bus: optional(attr(oneOf('ps2', 'usb', 'xen', 'parallels', 'virtio', 'none'), unknown('input bus type'))),
  model: optional(
    attr(oneOf('virtio', 'virtio-transitional', 'virtio-non-transitional'), { absent: 'default' }),
  ),
  driver: optional(child(virtioDriver)),
  source: optional(child(source)),
  ...deviceInfo,
});
export type Input = Infer<typeof input>;
