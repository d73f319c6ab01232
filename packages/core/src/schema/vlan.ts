import { attr } from '../xml/attribute.js';
import { children, element, type Infer } from '../xml/element.js';
import { optional } from '../xml/field.js';
import { oneOf, uint, yesNo } from '../xml/scalars.js';

const tag = element('tag', {
  id: attr(uint()),
  nativeMode: optional(attr(oneOf('tagged', 'untagged'), { absent: 'default' })),
});

/** `<vlan>`: the tags of what an interface or network sends. */
export const vlan = element('vlan', { trunk: optional(attr(yesNo)), tags: children(tag) });
export type Vlan = Infer<typeof vlan>;
