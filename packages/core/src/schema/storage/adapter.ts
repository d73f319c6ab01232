import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { attributeOf } from '../../xml/node.js';
import { hex, string, uint, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';

const address = element('address', {
  domain: attr(hex(4)),
  bus: attr(hex(2)),
  slot: attr(hex(2)),
  function: attr(hex(1)),
});
const parentaddr = element('parentaddr', { unique_id: attr(uint()), address: child(address) });

/** `<adapter>`: the host bus adapter of a pool of SCSI units. */
export const adapter = element(
  'adapter',
  variants(
    'type',
    {
      scsi_host: { name: optional(attr(string)), parentaddr: optional(child(parentaddr)) },
      fc_host: {
        parent: optional(attr(string)),
        parent_wwnn: optional(attr(string)),
        parent_wwpn: optional(attr(string)),
        parent_fabric_wwn: optional(attr(string)),
        managed: optional(attr(yesNo)),
        wwnn: attr(string, {
          missing: () =>
            VirError.of('XML_ERROR', "'wwnn' and 'wwpn' must be specified for adapter type 'fc_host'"),
        }),
        wwpn: attr(string, {
          missing: () =>
            VirError.of('XML_ERROR', "'wwnn' and 'wwpn' must be specified for adapter type 'fc_host'"),
        }),
      },
    },
    { fallback: 'scsi_host' },
  ),
  {
    check(_value, node) {
      if (attributeOf(node, 'type') !== undefined) return;
      for (const name of ['wwnn', 'wwpn', 'parent']) {
        if (attributeOf(node, name) === undefined) continue;
        throw VirError.of(
          'XML_ERROR',
          "Use of 'wwnn', 'wwpn', and 'parent' attributes requires use of the adapter 'type'",
        );
      }
    },
  },
);
export type Adapter = Infer<typeof adapter>;
