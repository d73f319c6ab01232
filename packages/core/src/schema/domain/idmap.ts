import { attr } from '../../xml/attribute.js';
import { children, element, type Infer } from '../../xml/element.js';
import { uint } from '../../xml/scalars.js';

const range = { start: attr(uint()), target: attr(uint()), count: attr(uint()) };

/** `<idmap>`: users and groups of the guest as the host sees them. */
export const idmap = element('idmap', {
  uids: children(element('uid', range)),
  gids: children(element('gid', range)),
});
export type Idmap = Infer<typeof idmap>;
