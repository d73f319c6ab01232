import {
  attr,
  attributeOf,
  child,
  childOf,
  children,
  element,
  hex,
  type Infer,
  oneOf,
  optional,
  string,
  uint64,
  withDefault,
  type XmlElement,
  yesNo,
} from '@modvirt/core/xml';
import { migParams } from '../migration/migration-params.js';
import { keptImage } from './block-jobs.js';

const migrationSource = keptImage('migrationSource');

/** A disk that a migration copies, and where it is copied to. */
const migratedDisk = element('disk', {
  dev: attr(string),
  migrating: attr(yesNo),
  migrationSource: optional(child(migrationSource)),
});

/** Up to libvirt 7 the source stood in `<migrationSource>` itself. */
function isFlat(node: XmlElement): boolean {
  return childOf(node, 'source') === undefined && attributeOf(node, 'protocol') !== undefined;
}

const SOURCE_ATTRIBUTES: ReadonlySet<string> = new Set(['type', 'format']);

function nested(node: XmlElement): XmlElement {
  const { attributes, children: inner } = node;
  const source: XmlElement = {
    ...node,
    name: 'source',
    local: 'source',
    attributes: attributes.filter((it) => !SOURCE_ATTRIBUTES.has(it.name)),
    children: inner,
  };
  return {
    ...node,
    attributes: attributes.filter((it) => SOURCE_ATTRIBUTES.has(it.name)),
    children: [source],
  };
}

function modern(node: XmlElement): XmlElement {
  const inner = node.children.map((it) => {
    if (it.kind !== 'element') return it;
    if (it.local === 'migrationSource') return isFlat(it) ? nested(it) : it;
    return it.local === 'disk' ? modern(it) : it;
  });
  return { ...node, children: inner };
}

const written = element('job', {
  type: attr(
    oneOf(
      'none',
      'query',
      'destroy',
      'suspend',
      'modify',
      'abort',
      'migration operation',
      'modify migration safe',
    ),
  ),
  async: attr(oneOf('none', 'migration out', 'migration in', 'save', 'dump', 'snapshot', 'start', 'backup')),
  phase: optional(attr(string)),
  flags: withDefault(attr(hex(0)), 0),
  asyncStarted: withDefault(attr(uint64('milliseconds')), 0n),
  disks: children(migratedDisk),
  migParams: optional(child(migParams)),
});
export type AsyncJob = Infer<typeof written>;

/** `<job>`: what was being done to the guest. */
export const asyncJob: typeof written = {
  ...written,
  parse: (node, cx) => written.parse(modern(node), cx),
};
