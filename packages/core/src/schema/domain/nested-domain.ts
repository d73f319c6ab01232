import type { Uuid } from '../../wire/uuid.js';
import { leaf } from '../../xml/attribute.js';
import { element } from '../../xml/element.js';
import type { Field } from '../../xml/field.js';
import { field } from '../../xml/field.js';
import { childOf } from '../../xml/node.js';
import { uuid } from '../../xml/scalars.js';
import { domainElement } from './domain.js';
import { type ParseDomainOptions, parseDomainNode } from './parse-domain.js';
import type { Domain } from './post-parse/filled-domain.js';

export type NestedDomainOptions = Pick<ParseDomainOptions, 'newUuid' | 'postParse'>;

const uuidOnly = element('domain', { uuid: leaf(uuid) });

/** A whole definition inside another document, or a UUID where the definition is not kept. */
export function nestedDomain(
  name: 'domain' | 'inactiveDomain',
  options: NestedDomainOptions,
): Field<Domain | Uuid, 'required'> {
  const named = domainElement.named(name);
  return field<Domain | Uuid>(() => ({
    shape: named.shape,
    read(node) {
      const found = childOf(node, name);
      if (found === undefined) return undefined;
      // Old snapshots kept nothing but the UUID: such an element has no type.
      if (!found.attributes.some((it) => it.name === 'type')) return uuidOnly.parse(found).uuid;
      return parseDomainNode({ ...found, name: 'domain' }, { ...options, inactive: true });
    },
    content(writer, value, cx) {
      const inner = { ...cx, inactive: true, secure: true };
      if (typeof value === 'string') uuidOnly.write(writer, { uuid: value }, inner);
      else named.write(writer, value, inner);
    },
  }));
}
