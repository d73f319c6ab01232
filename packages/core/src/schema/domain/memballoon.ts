import { attr, childAttr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { natural, oneOf, onOff } from '../../xml/scalars.js';
import { deviceInfo, virtioDriver } from './device-info.js';

/** `<memballoon>`: the memory balloon; a domain has at most one. */
export const memballoon = element('memballoon', {
  model: attr(oneOf('virtio', 'xen', 'none', 'virtio-transitional', 'virtio-non-transitional')),
  autodeflate: optional(attr(onOff, 'Give memory back when the guest runs out of it.')),
  freePageReporting: optional(attr(onOff)),
  stats: optional(childAttr('stats', 'period', natural, { absent: '0' })),
  ...deviceInfo,
  driver: optional(child(virtioDriver)),
});
export type Memballoon = Infer<typeof memballoon>;
