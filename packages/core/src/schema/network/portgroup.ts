import { attr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional, printedIf } from '../../xml/field.js';
import { string, yesNo } from '../../xml/scalars.js';
import { bandwidth } from '../bandwidth.js';
import { virtualport } from '../virtual-port.js';
import { vlan } from '../vlan.js';
import { malformed } from './refuse.js';

/** `<portgroup>`: settings that a guest's interface takes by naming the group. */
export const portgroup = element('portgroup', {
  name: attr(string, { missing: () => malformed('Missing required name attribute in portgroup') }),
  default: printedIf((it) => it, optional(attr(yesNo))),
  trustGuestRxFilters: optional(attr(yesNo)),
  vlan: optional(child(vlan)),
  virtualport: optional(child(virtualport)),
  bandwidth: optional(child(bandwidth)),
});
export type Portgroup = Infer<typeof portgroup>;
