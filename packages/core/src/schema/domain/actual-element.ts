import { attr, childAttr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, string, uint, yesNo } from '../../xml/scalars.js';
import { bandwidth } from '../bandwidth.js';
import { virtualport } from '../virtual-port.js';
import { vlan } from '../vlan.js';
import { hostInterfaceSource } from './hostdev-source.js';

const source = element('source', {
  bridge: optional(attr(string)),
  dev: optional(attr(string)),
  mode: optional(attr(oneOf('vepa', 'private', 'bridge', 'passthrough'))),
  macTableManager: optional(attr(oneOf('kernel', 'libvirt'))),
});

const hostSource = element('hostdev', { source: optional(child(hostInterfaceSource)) });

/** `<actual>` in status files: what the network gave a running guest's interface. */
export const actualInterface = element('actual', {
  type: attr(oneOf('network', 'bridge', 'direct', 'hostdev')),
  managed: optional(attr(yesNo)),
  trustGuestRxFilters: optional(attr(yesNo)),
  source: optional(child(source)),
  hostdev: optional(child(hostSource)),
  class: optional(childAttr('class', 'id', uint())),
  vlan: optional(child(vlan)),
  virtualport: optional(child(virtualport)),
  bandwidth: optional(child(bandwidth)),
  port: optional(child(element('port', { isolated: optional(attr(yesNo)) }))),
});
export type ActualInterface = Infer<typeof actualInterface>;
