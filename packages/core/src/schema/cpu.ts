import { VirError } from '../errors/vir-error.js';
import { attr, leaf, text } from '../xml/attribute.js';
import { child, children, element, type Infer, within } from '../xml/element.js';
import { optional, withDefault } from '../xml/field.js';
import { fields } from '../xml/group.js';
import { nonZero, oneOf, onOff, string, uint, uint64, yesNo } from '../xml/scalars.js';
import { numberSet } from './bitmap.js';
import { sizeAttributes } from './size.js';
import { without } from './without.js';

function unsupportedCpu(detail: string): VirError {
  return VirError.of('CONFIG_UNSUPPORTED', detail, { domain: 'CPU' });
}

export const cpuModel = element(
  'model',
  {
    fallback: withDefault(
      attr(oneOf('allow', 'forbid'), { invalid: () => unsupportedCpu('Invalid fallback attribute') }),
      'allow',
    ),
    vendor_id: optional(attr(string)),
    name: optional(text(string)),
  },
  {
    whenEmpty: 'keep',
    // What to fall back from is the named model.
    printed: ({ fallback, ...rest }) => (rest.name === undefined ? rest : { fallback, ...rest }),
  },
);

export const cpuTopology = element('topology', {
  sockets: attr(nonZero(uint())),
  dies: withDefault(attr(nonZero(uint())), 1),
  clusters: withDefault(attr(nonZero(uint())), 1),
  cores: attr(nonZero(uint())),
  threads: attr(nonZero(uint())),
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
  policy: withDefault(
    attr(oneOf('force', 'require', 'optional', 'disable', 'forbid'), {
      invalid: () => unsupportedCpu('Invalid CPU feature policy'),
    }),
    'require',
  ),
  name: attr(string, {
    missing: () => VirError.of('XML_ERROR', 'Invalid CPU feature name', { domain: 'CPU' }),
  }),
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

/** Distances of a cell to the others. */
export const numaDistances = within('distances', children(sibling));
export const numaInterconnects = optional(child(interconnects));

const numa = element('numa', { cells: children(cell), interconnects: optional(child(interconnects)) });

const guestCpuBody = fields({
  mode: withDefault(
    attr(oneOf('custom', 'host-model', 'host-passthrough', 'maximum'), {
      invalid: (value) => unsupportedCpu(`Invalid mode attribute '${value}'`),
    }),
    'custom',
  ),
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
type GuestCpuBody = Infer<typeof guestCpuBody>;

/** Without a model there is nothing to match. */
function adjustMatch(value: GuestCpuBody): GuestCpuBody {
  if (value.mode !== 'custom' || value.model?.name === undefined) return without(value, 'match');
  return value.match === undefined ? { ...value, match: 'exact' } : value;
}

/** `<cpu>` of a guest; `custom` without a model goes without saying. */
export const guestCpu = element('cpu', guestCpuBody, {
  check(value) {
    if (value.mode !== 'custom' || value.model !== undefined || value.features.length === 0) return;
    throw VirError.of('XML_ERROR', 'Non-empty feature list specified without CPU model');
  },
  adjust: adjustMatch,
  printed: (value) => (value.mode === 'custom' && value.model === undefined ? without(value, 'mode') : value),
});
export type GuestCpu = GuestCpuBody;
