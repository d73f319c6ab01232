import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { children, element, type Infer } from '../../xml/element.js';
import { uint } from '../../xml/scalars.js';

const idmapError = {
  missing: () => VirError.of('XML_ERROR', 'invalid idmap start/target/count settings'),
  invalid: () => VirError.of('XML_ERROR', 'invalid idmap start/target/count settings'),
};
const number = attr(uint(), idmapError);
const range = { start: number, target: number, count: number };

/** `<idmap>`: users and groups of the guest as the host sees them. */
export const idmap = element('idmap', {
  uids: children(element('uid', range)),
  gids: children(element('gid', range)),
});
export type Idmap = Infer<typeof idmap>;
