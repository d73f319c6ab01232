import { attr } from '../xml/attribute.js';
import { child, element, type Infer } from '../xml/element.js';
import { optional } from '../xml/field.js';
import { uint, uint64 } from '../xml/scalars.js';

const rates = {
  average: optional(attr(uint64('KiB/s'))),
  peak: optional(attr(uint64('KiB/s'))),
  floor: optional(attr(uint64('KiB/s'))),
  burst: optional(attr(uint64('KiB'))),
};

/** `<bandwidth>`: limits of a network or an interface, seen from the guest. */
export const bandwidth = element('bandwidth', {
  classID: optional(attr(uint())),
  inbound: optional(child(element('inbound', rates))),
  outbound: optional(child(element('outbound', rates))),
});
export type Bandwidth = Infer<typeof bandwidth>;
