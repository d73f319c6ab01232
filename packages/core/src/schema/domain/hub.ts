import { attr } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { oneOf } from '../../xml/scalars.js';
import { deviceInfo } from './device-info.js';

/** `<hub>`: a USB hub. */
export const hub = element('hub', { type: attr(oneOf('usb')), ...deviceInfo });
export type Hub = Infer<typeof hub>;
