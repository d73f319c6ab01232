import { attr, leaf } from '../../xml/attribute.js';
import { children, element, type Infer } from '../../xml/element.js';
import { liveOnly, optional } from '../../xml/field.js';
import { oneOf, string, yesNo } from '../../xml/scalars.js';

/** `<seclabel>` of the domain: how a security driver confines it. */
export const seclabel = element(
  'seclabel',
  {
    type: optional(attr(oneOf('dynamic', 'static', 'none'))),
    model: optional(attr(string)),
    relabel: optional(attr(yesNo)),
    label: optional(leaf(string)),
    imagelabel: liveOnly(optional(leaf(string))),
    baselabel: optional(leaf(string)),
  },
  { whenEmpty: 'keep' },
);
export type Seclabel = Infer<typeof seclabel>;

/** `<seclabel>` of one device's source. */
export const deviceSeclabel = element(
  'seclabel',
  {
    model: optional(attr(string)),
    labelskip: liveOnly(optional(attr(yesNo))),
    relabel: optional(attr(yesNo)),
    label: optional(leaf(string)),
  },
  { whenEmpty: 'keep' },
);
export type DeviceSeclabel = Infer<typeof deviceSeclabel>;

/** Labels of a source; a definition keeps none that only says what became of it at one start. */
export const deviceSeclabels = children(deviceSeclabel, {
  keep: ({ label, relabel }, cx) => !cx.inactive || label !== undefined || relabel !== undefined,
});
