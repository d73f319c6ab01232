import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { children, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { hex, type Scalar, string, yesNo } from '../../xml/scalars.js';

/** As libvirt prints these: `0x15E1`. */
function upperHex(digits: number, max: number): Scalar<number> {
  const scalar = hex(digits, max);
  return { ...scalar, format: (value) => `0x${value.toString(16).toUpperCase().padStart(digits, '0')}` };
}

const bits8 = upperHex(2, 0xff);
const bits16 = upperHex(4, 0xffff);

/** `1.10`: two digits behind the point; one stands for the first of them. */
const version: Scalar<string> = {
  ...string,
  parse(text) {
    const [, major, minor] = /^(\d+)\.(\d{1,2})$/.exec(text) ?? [];
    if (major === undefined || minor === undefined) {
      throw VirError.of('XML_ERROR', `Incorrect USB version format ${text}`);
    }
    return `${major}.${minor.padEnd(2, '0')}`;
  },
};

const usbdev = element('usbdev', {
  class: optional(attr(bits8, { absent: '-1' })),
  vendor: optional(attr(bits16, { absent: '-1' })),
  product: optional(attr(bits16, { absent: '-1' })),
  version: optional(attr(version, { absent: '-1' })),
  allow: attr(yesNo),
});

/** `<redirfilter>`: which USB devices may be redirected. */
export const redirfilter = element('redirfilter', { usbdevs: children(usbdev) }, { whenEmpty: 'spread' });
export type Redirfilter = Infer<typeof redirfilter>;
