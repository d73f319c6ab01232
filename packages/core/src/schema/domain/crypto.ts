import { attr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, uint } from '../../xml/scalars.js';
import { deviceInfo, virtioDriver } from './device-info.js';

const backend = element('backend', {
  model: attr(oneOf('builtin', 'lkcf')),
  queues: optional(attr(uint(), { absent: '0' })),
});

/** `<crypto>`: a crypto device. */
export const crypto = element('crypto', {
  model: attr(oneOf('virtio')),
  type: attr(oneOf('qemu')),
  backend: child(backend),
  driver: optional(child(virtioDriver)),
  ...deviceInfo,
});
export type Crypto = Infer<typeof crypto>;
