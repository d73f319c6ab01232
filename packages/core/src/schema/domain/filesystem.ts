import { attr, childAttr, flag } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { fields, merge } from '../../xml/group.js';
import { oneOf, onOff, string, uint, uint64 } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { sizeAttributes, sizeInBytes } from '../size.js';
import { bootableInfo, virtioOptions } from './device-info.js';
import { idmap } from './idmap.js';
import { octal } from './octal.js';

const driver = element('driver', {
  type: optional(
    attr(oneOf('path', 'handle', 'loop', 'nbd', 'ploop', 'virtiofs', 'mtp'), { absent: 'default' }),
  ),
  format: optional(attr(string)),
  wrpolicy: optional(attr(oneOf('immediate'), { absent: 'default' })),
  queue: optional(attr(uint64(), { absent: '0' })),
  ...virtioOptions,
});

const binary = element('binary', {
  path: optional(attr(string)),
  xattr: optional(attr(onOff)),
  cache: optional(childAttr('cache', 'mode', oneOf('none', 'always'))),
  sandbox: optional(childAttr('sandbox', 'mode', oneOf('namespace', 'chroot'))),
  lock: optional(child(element('lock', { posix: optional(attr(onOff)), flock: optional(attr(onOff)) }))),
  thread_pool: optional(childAttr('thread_pool', 'size', uint())),
  openfiles: optional(childAttr('openfiles', 'max', uint64())),
});

const settings = {
  accessmode: optional(attr(oneOf('passthrough', 'mapped', 'squash'))),
  multidevs: optional(attr(oneOf('remap', 'forbid', 'warn'), { absent: 'default' })),
  model: optional(
    attr(oneOf('virtio', 'virtio-transitional', 'virtio-non-transitional'), { absent: 'default' }),
  ),
  fmode: optional(attr(octal)),
  dmode: optional(attr(octal)),
};

const dirSource = element('source', { dir: optional(attr(string)), socket: optional(attr(string)) });

/** `<filesystem>`: a directory or image of the host that the guest mounts. */
export const filesystem = element(
  'filesystem',
  merge(
    fields({
      driver: optional(child(driver)),
      binary: optional(child(binary)),
      idmap: optional(child(idmap)),
    }),
    variants(
      'type',
      {
        mount: { source: optional(child(dirSource)) },
        bind: { source: optional(child(dirSource)) },
        file: { source: optional(child(element('source', { file: attr(string) }))) },
        block: { source: optional(child(element('source', { dev: attr(string) }))) },
        template: { source: optional(child(element('source', { name: attr(string) }))) },
        ram: {
          source: optional(
            child(element('source', { usage: sizeAttributes({ name: 'usage', unitName: 'units' }) })),
          ),
        },
        volume: {
          source: optional(child(element('source', { pool: attr(string), volume: attr(string) }))),
        },
      },
      { fallback: 'mount' },
    ),
    fields({
      ...settings,
      target: optional(childAttr('target', 'dir', string)),
      readonly: flag(),
      ...bootableInfo,
      space_hard_limit: optional(sizeInBytes({ unit: 'bytes' })),
      space_soft_limit: optional(sizeInBytes({ unit: 'bytes' })),
    }),
  ),
);
export type Filesystem = Infer<typeof filesystem>;
