import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, flag, leaf } from '../../xml/attribute.js';
import { child, element, type Infer, within } from '../../xml/element.js';
import { liveOnly, optional } from '../../xml/field.js';
import { fields, merge } from '../../xml/group.js';
import { hex64, oneOf, string, uint, uuid, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { numberSet } from '../bitmap.js';
import { required } from '../refusals.js';
import { sizeInKiB } from '../size.js';
import { deviceInfo } from './device-info.js';

const pages = element('source', {
  nodemask: optional(leaf(numberSet)),
  pagesize: optional(sizeInKiB()),
});
const file = element('source', {
  path: leaf(string),
  alignsize: optional(sizeInKiB()),
  pmem: flag(),
});

const size = sizeInKiB();
const node = optional(leaf(uint()));
const base = optional(childAttr('address', 'base', hex64()));

const dimm = element('target', { size, node });
const nvdimm = element('target', {
  size,
  node,
  label: optional(within('label', sizeInKiB({ name: 'size' }))),
  readonly: flag(),
});
const pmem = element('target', { size, base });
const mem = element('target', {
  dynamicMemslots: optional(attr(yesNo)),
  size,
  node,
  block: optional(sizeInKiB()),
  requested: optional(sizeInKiB()),
  current: liveOnly(optional(sizeInKiB())),
  base,
});

function noPath(model: string) {
  return { missing: () => VirError.of('XML_DETAIL', `path is required for model '${model}'`) };
}

const noTarget = required('missing <target> element for <memory> device');

/** `<memory>` among the devices: memory that can be added while the guest runs. */
export const memoryDevice = element(
  'memory',
  merge(
    variants('model', {
      dimm: { source: optional(child(pages)), target: child(dimm, noTarget) },
      nvdimm: {
        uuid: optional(leaf(uuid)),
        source: child(file, noPath('nvdimm')),
        target: child(nvdimm, noTarget),
      },
      'virtio-pmem': { source: child(file, noPath('virtio-pmem')), target: child(pmem, noTarget) },
      'virtio-mem': { source: optional(child(pages)), target: child(mem, noTarget) },
      'sgx-epc': { source: optional(child(pages)), target: child(dimm, noTarget) },
    }),
    fields({
      access: optional(attr(oneOf('shared', 'private'), { absent: 'default' })),
      discard: optional(attr(yesNo)),
      ...deviceInfo,
    }),
  ),
);
export type MemoryDevice = Infer<typeof memoryDevice>;
