import { attr, childAttr } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, uint, yesNo } from '../../xml/scalars.js';
import { unknown } from '../refusals.js';
import { deviceInfo, virtioDriver } from './device-info.js';

const badCodec = {
  ...unknown('codec type'),
  missing: () => unknown('codec type').invalid('(null)'),
};

/** `<sound>`: a sound card. */
export const sound = element('sound', {
  model: attr(oneOf('sb16', 'es1370', 'pcspk', 'ac97', 'ich6', 'ich9', 'usb', 'ich7', 'virtio')),
  multichannel: optional(attr(yesNo)),
  streams: optional(attr(uint())),
  codecs: children(element('codec', { type: attr(oneOf('duplex', 'micro', 'output'), badCodec) })),
  audio: optional(childAttr('audio', 'id', uint())),
  ...deviceInfo,
  driver: optional(child(virtioDriver)),
});
export type Sound = Infer<typeof sound>;
