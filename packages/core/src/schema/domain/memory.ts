import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, flag } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional, printedIf } from '../../xml/field.js';
import { oneOf, onOff, type Scalar, uint } from '../../xml/scalars.js';
import { type NumberSet, numberSet } from '../bitmap.js';
import { unknown } from '../refusals.js';
import { sizeAttributes, sizeContent, sizeInKiB } from '../size.js';

/** `<memory>`: what the guest boots with. */
export const memory = element('memory', { dumpCore: optional(attr(onOff)), sizeKiB: sizeContent() });

const badSlots = { invalid: () => VirError.of('XML_ERROR', 'Failed to parse memory slot count') };

/** `<maxMemory>`: how far it may grow. */
export const maxMemory = element('maxMemory', {
  slots: optional(attr(uint(), { absent: '0', ...badSlots })),
  sizeKiB: sizeContent(),
});

const page = element('page', { sizeKiB: sizeAttributes(), nodeset: optional(attr(numberSet)) });
const hugepages = element('hugepages', { pages: children(page) }, { whenEmpty: 'keep' });
const allocation = element('allocation', {
  mode: optional(attr(oneOf('immediate', 'ondemand'))),
  threads: optional(attr(uint(), { absent: '0' })),
});

/** `<memoryBacking>`: what the guest's memory is made of. */
export const memoryBacking = element('memoryBacking', {
  hugepages: optional(child(hugepages)),
  nosharepages: flag(),
  locked: flag(),
  source: optional(childAttr('source', 'type', oneOf('file', 'anonymous', 'memfd'))),
  access: optional(
    childAttr('access', 'mode', oneOf('shared', 'private'), unknown('memoryBacking/access/mode')),
  ),
  allocation: optional(child(allocation)),
  discard: flag(),
});
export type MemoryBacking = Infer<typeof memoryBacking>;

/** What libvirt says for no limit at all, in KiB. */
const UNLIMITED = 9_007_199_254_740_991n;

function limit(name: string) {
  return printedIf(
    (value: bigint) => value < UNLIMITED,
    optional(sizeInKiB({ path: `./memtune/${name}[1]` })),
  );
}

/** `<memtune>`: limits of the whole process. */
export const memtune = element('memtune', {
  hard_limit: limit('hard_limit'),
  soft_limit: limit('soft_limit'),
  min_guarantee: optional(sizeInKiB({ path: './memtune/min_guarantee[1]' })),
  swap_hard_limit: limit('swap_hard_limit'),
});

/** Nodes of the host; there is at least one. */
const hostNodes: Scalar<NumberSet> = {
  ...numberSet,
  parse(text) {
    const set = numberSet.parse(text);
    if (set === undefined || set.length > 0) return set;
    throw VirError.of('CONFIG_UNSUPPORTED', `Invalid value of 'nodeset': ${text}`);
  },
};

const numaMode = oneOf('strict', 'preferred', 'interleave', 'restrictive');
const badMode = {
  invalid: (value: string) =>
    VirError.of('CONFIG_UNSUPPORTED', `Unsupported NUMA memory tuning mode '${value}'`),
};

/** `<numatune>`: on which nodes of the host the memory lies. */
export const numatune = element('numatune', {
  memory: optional(
    child(
      element('memory', {
        mode: optional(attr(numaMode, badMode)),
        placement: optional(attr(oneOf('static', 'auto'))),
        nodeset: optional(attr(hostNodes)),
      }),
    ),
  ),
  memnodes: children(
    element('memnode', {
      cellid: attr(uint()),
      mode: optional(attr(numaMode, badMode)),
      nodeset: attr(hostNodes),
    }),
  ),
});
export type Numatune = Infer<typeof numatune>;
