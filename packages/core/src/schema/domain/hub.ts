import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { oneOf } from '../../xml/scalars.js';
import { unknown } from '../refusals.js';
import { deviceInfo } from './device-info.js';

/** `<hub>`: a USB hub. */
export const hub = element('hub', {
  type: attr(oneOf('usb'), {
    ...unknown('hub device type'),
    missing: () => VirError.of('INTERNAL_ERROR', 'missing hub device type'),
  }),
  ...deviceInfo,
});
export type Hub = Infer<typeof hub>;
