import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { attributeOf } from '../../xml/node.js';
import { hex, string, uint, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { required } from '../refusals.js';

const address = element('address', {
  domain: attr(hex(4)),
  bus: attr(hex(2)),
  slot: attr(hex(2)),
  function: attr(hex(1)),
});
const parentaddr = element('parentaddr', {
  unique_id: attr(uint(), required("Missing or invalid scsi adapter 'unique_id' value")),
  address: child(address, required('Missing scsi_host PCI address element')),
});

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
            VirError.of('XML_ERROR', "'wwnn' and 'wwpn' must be specified for adapter type 'fchost'"),
        }),
        wwpn: attr(string, {
          missing: () =>
            VirError.of('XML_ERROR', "'wwnn' and 'wwpn' must be specified for adapter type 'fchost'"),
        }),
      },
    },
    { fallback: 'scsi_host' },
  ),
  {
    check(value, node) {
      if (node.attributes.length === 0 && node.children.length === 0)
        throw VirError.of('XML_ERROR', 'missing storage pool source adapter');
      checkAdapter(value);
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

const WWN = /^[0-9a-fA-F]{16}$/;

function checkAdapter(value: CheckedAdapter): void {
  if (value.type === 'fc_host') {
    for (const wwn of [value.wwnn, value.wwpn]) {
      if (wwn !== undefined && !WWN.test(wwn)) throw VirError.of('INTERNAL_ERROR', `Malformed wwn: ${wwn}`);
    }
    return;
  }
  if (value.name === undefined && value.parentaddr === undefined) {
    throw VirError.of('XML_ERROR', "Either 'name' or 'parent' must be specified for the 'scsi_host' adapter");
  }
  if (value.name !== undefined && value.parentaddr !== undefined) {
    throw VirError.of('XML_ERROR', "'name' and 'parent' cannot be specified for the 'scsi_host' adapter");
  }
}

interface CheckedAdapter {
  readonly type: 'scsi_host' | 'fc_host';
  readonly name?: string;
  readonly parentaddr?: unknown;
  readonly wwnn?: string;
  readonly wwpn?: string;
}
