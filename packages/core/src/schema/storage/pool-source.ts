import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, leaf } from '../../xml/attribute.js';
import { child, children, element, type Infer, within } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { int, oneOf, string, uint64, uuid, yesNo } from '../../xml/scalars.js';
import { required, unknown } from '../refusals.js';
import { adapter } from './adapter.js';

const host = element('host', {
  name: attr(string, required('missing storage pool host name')),
  port: optional(attr(int())),
});

const freeExtent = element('freeExtent', { start: attr(uint64('bytes')), end: attr(uint64('bytes')) });
const device = element('device', {
  path: attr(string, required('missing storage pool source device path')),
  part_separator: optional(attr(yesNo)),
  freeExtents: children(freeExtent),
});

const secret = element(
  'secret',
  {
    type: optional(attr(string)),
    uuid: optional(
      attr(uuid, { invalid: (value) => VirError.of('XML_ERROR', `invalid secret uuid '${value}'`) }),
    ),
    usage: optional(attr(string)),
  },
  {
    check(value) {
      const { uuid: id, usage } = value;
      if (id === undefined && usage === undefined)
        throw VirError.of('XML_ERROR', 'missing secret uuid or usage attribute');
      if (id !== undefined && usage !== undefined)
        throw VirError.of('XML_ERROR', 'either secret uuid or usage expected');
    },
  },
);
const auth = element('auth', {
  type: attr(oneOf('chap', 'ceph'), {
    ...unknown('auth type'),
    missing: () => VirError.of('CONFIG_UNSUPPORTED', 'storage pool missing auth type'),
  }),
  username: attr(string, required('missing username for auth')),
  secret: child(secret, required('Missing <secret> element in auth')),
});

/** `<source>` of a pool: what it is made of. Which parts count is said by the pool's type. */
export const poolSource = element(
  'source',
  {
    hosts: children(host),
    devices: children(device),
    dir: optional(childAttr('dir', 'path', string)),
    adapter: optional(child(adapter)),
    name: optional(leaf(string)),
    initiator: optional(within('initiator', childAttr('iqn', 'name', string))),
    format: optional(childAttr('format', 'type', string)),
    protocol: optional(childAttr('protocol', 'ver', string)),
    auth: optional(child(auth)),
    vendor: optional(childAttr('vendor', 'name', string)),
    product: optional(childAttr('product', 'name', string)),
  },
  { whenEmpty: 'spread' },
);
export type PoolSource = Infer<typeof poolSource>;
export type SourceDevice = PoolSource['devices'][number];

const sources = element('sources', { sources: children(poolSource) }, { whenEmpty: 'spread' });

/** What looking for sources found, as clients get it. */
export function formatSources(found: readonly PoolSource[]): string {
  return sources.format({ sources: found });
}
