import { attr } from '../../xml/attribute.js';
import { children, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { hex, string, yesNo } from '../../xml/scalars.js';

const bits8 = hex(2, 0xff);
const bits16 = hex(4, 0xffff);

const usbdev = element('usbdev', {
  class: optional(attr(bits8, { absent: '-1' })),
  vendor: optional(attr(bits16, { absent: '-1' })),
  product: optional(attr(bits16, { absent: '-1' })),
  version: optional(attr(string, { absent: '-1' })),
  allow: attr(yesNo),
});

/** `<redirfilter>`: which USB devices may be redirected. */
export const redirfilter = element('redirfilter', { usbdevs: children(usbdev) }, { whenEmpty: 'spread' });
export type Redirfilter = Infer<typeof redirfilter>;
