import { attr, leaf, text } from '../xml/attribute.js';
import { child, children, element, type Infer, within } from '../xml/element.js';
import { optional, withDefault } from '../xml/field.js';
import { oneOf, onOff, string, uint, uint64, yesNo } from '../xml/scalars.js';
import { numberSet } from './bitmap.js';
import { sizeAttributes } from './size.js';

export const cpuModel = element(
  'model',
  {
    fallback: optional(attr(oneOf('allow', 'forbid'))),
    vendor_id: optional(attr(string)),
    name: optional(text(string)),
  },
  { whenEmpty: 'keep' },
);

export const cpuTopology = element('topology', {
  sockets: attr(uint()),
  dies: withDefault(attr(uint()), 1),
  clusters: withDefault(attr(uint()), 1),
  cores: attr(uint()),
  threads: attr(uint()),
});

const cache = element('cache', {
  level: optional(attr(uint())),
  mode: attr(oneOf('emulate', 'passthrough', 'disable')),
});

export const maxphysaddr = element('maxphysaddr', {
  mode: attr(oneOf('emulate', 'passthrough')),
  bits: optional(attr(uint())),
  limit: optional(attr(uint())),
});

export const cpuFeature = element('feature', {
  policy: optional(attr(oneOf('force', 'require', 'optional', 'disable', 'forbid'))),
  name: attr(string),
});

const sibling = element('sibling', { id: attr(uint()), value: attr(uint()) });
const sized = { value: attr(uint64()), unit: attr(string) };

const numaCache = element('cache', {
  level: attr(uint()),
  associativity: attr(oneOf('none', 'direct', 'full')),
  policy: attr(oneOf('none', 'writeback', 'writethrough')),
  size: child(element('size', sized)),
  line: child(element('line', sized)),
});

const cell = element('cell', {
  id: optional(attr(uint())),
  cpus: optional(attr(numberSet)),
  memory: sizeAttributes({ name: 'memory' }),
  memAccess: optional(attr(oneOf('shared', 'private'), { absent: 'default' })),
  discard: optional(attr(yesNo)),
  distances: within('distances', children(sibling)),
  caches: children(numaCache),
});

const relation = {
  initiator: attr(uint()),
  target: attr(uint()),
  cache: optional(attr(uint(), { absent: '0' })),
  type: attr(oneOf('access', 'read', 'write')),
};
const interconnects = element('interconnects', {
  latencies: children(element('latency', { ...relation, value: attr(uint64()) })),
  bandwidths: children(
    element('bandwidth', { ...relation, value: attr(uint64()), unit: optional(attr(string)) }),
  ),
});

const numa = element('numa', { cells: children(cell), interconnects: optional(child(interconnects)) });

/** `<cpu>` of a guest. */
export const guestCpu = element('cpu', {
  mode: withDefault(attr(oneOf('custom', 'host-model', 'host-passthrough', 'maximum')), 'custom'),
  match: optional(attr(oneOf('minimum', 'exact', 'strict'))),
  check: optional(attr(oneOf('none', 'partial', 'full'), { absent: 'default' })),
  migratable: optional(attr(onOff)),
  deprecated_features: optional(attr(onOff)),
  model: optional(child(cpuModel)),
  vendor: optional(leaf(string)),
  topology: optional(child(cpuTopology)),
  cache: optional(child(cache)),
  maxphysaddr: optional(child(maxphysaddr)),
  features: children(cpuFeature),
  numa: optional(child(numa)),
});
export type GuestCpu = Infer<typeof guestCpu>;
