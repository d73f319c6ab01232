import { attr } from '../../xml/attribute.js';
import { children, element, type Infer } from '../../xml/element.js';
import { string } from '../../xml/scalars.js';

/** `<filterref>`: the network filter of an interface, with its variables. */
export const filterref = element('filterref', {
  filter: attr(string),
  parameters: children(element('parameter', { name: attr(string), value: attr(string) })),
});
export type Filterref = Infer<typeof filterref>;
