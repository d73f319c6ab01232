import { VirError } from '../errors/vir-error.js';
import { attr } from '../xml/attribute.js';
import { children, element, type Infer } from '../xml/element.js';
import { optional } from '../xml/field.js';
import { oneOf, uint, yesNo } from '../xml/scalars.js';

const tag = element('tag', {
  id: attr(uint()),
  nativeMode: optional(attr(oneOf('tagged', 'untagged'), { absent: 'default' })),
});

function checkTags({ tags }: { readonly tags: readonly unknown[] }): void {
  if (tags.length > 0) return;
  throw VirError.of(
    'XML_ERROR',
    "missing tag id - each <vlan> must have at least one <tag id='n'/> subelement",
  );
}

/** `<vlan>`: the tags of what an interface or network sends. */
export const vlan = element(
  'vlan',
  { trunk: optional(attr(yesNo)), tags: children(tag) },
  { check: checkTags },
);
export type Vlan = Infer<typeof vlan>;
