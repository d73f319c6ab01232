import { type BackingStore, backingStore, storageFormat, storageSource } from '@modvirt/core/schema';
import {
  attr,
  child,
  childAttr,
  children,
  element,
  fields,
  flag,
  hex,
  type Infer,
  leaf,
  merge,
  oneOf,
  optional,
  string,
  yesNo,
} from '@modvirt/core/xml';

/** An image as status files keep it outside of a disk: where it is, its format, what is below it. */
export function keptImage(name: string) {
  return element(
    name,
    merge(
      storageSource,
      fields({ format: optional(attr(storageFormat)), backingStore: optional(child(backingStore)) }),
    ),
  );
}
export type KeptImage = Infer<ReturnType<typeof keptImage>>;
export type KeptBacking = BackingStore;

const node = (name: string) => optional(childAttr(name, 'node', string));

const chains = element('chains', {
  disk: optional(child(keptImage('disk'))),
  mirror: optional(child(keptImage('mirror'))),
});

const diskRef = element('disk', { dst: attr(string), mirror: optional(attr(yesNo)) });

const states = oneOf(
  'completed',
  'failed',
  'cancelled',
  'ready',
  'new',
  'running',
  'concluded',
  'aborting',
  'pivoting',
);
const types = oneOf(
  'none',
  'pull',
  'copy',
  'commit',
  'active-commit',
  'backup',
  'internal',
  'create',
  'snapshot-save',
  'snapshot-delete',
  'broken',
);

/** A block job that runs, or that has ended and was not yet dealt with. */
export const blockjob = element('blockjob', {
  name: attr(string),
  type: attr(types),
  state: attr(states),
  newstate: optional(attr(states)),
  brokentype: optional(attr(types)),
  jobflags: optional(attr(hex(0))),
  shallownew: optional(attr(yesNo)),
  errmsg: optional(leaf(string)),
  disk: optional(child(diskRef)),
  chains: optional(child(chains)),
  create: optional(childAttr('create', 'mode', oneOf('storage'))),
  base: node('base'),
  top: node('top'),
  topparent: node('topparent'),
  deleteCommittedImages: flag(),
  src: optional(child(keptImage('src'))),
  bitmap: optional(childAttr('bitmap', 'name', string)),
  store: optional(child(keptImage('store'))),
});
export type BlockJob = Infer<typeof blockjob>;

export const blockjobs = element('blockjobs', { active: attr(yesNo), jobs: children(blockjob) });
