import { VirError } from '../errors/vir-error.js';
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

function checkInbound(value: { readonly average?: bigint; readonly floor?: bigint }): void {
  if (value.average === undefined && value.floor === undefined) {
    throw VirError.of('XML_DETAIL', 'Missing mandatory average or floor attributes');
  }
}

/** `<bandwidth>`: limits of a network or an interface, seen from the guest. */
export const bandwidth = element('bandwidth', {
  classID: optional(attr(uint())),
  inbound: optional(child(element('inbound', rates, { check: checkInbound }))),
  outbound: optional(child(element('outbound', rates))),
});
export type Bandwidth = Infer<typeof bandwidth>;
