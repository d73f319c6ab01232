import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, leaf } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, string, uuid, yesNo } from '../../xml/scalars.js';
import type { Namespace } from '../../xml/shape.js';
import { required } from '../refusals.js';
import { sizeInBytes } from '../size.js';
import { permissions } from './permissions.js';
import { poolSource } from './pool-source.js';
import { poolTypeNames } from './pool-types.js';

const rbdNamespace: Namespace = { prefix: 'rbd', uri: 'http://libvirt.org/schemas/storagepool/rbd/1.0' };
const fsNamespace: Namespace = { prefix: 'fs', uri: 'http://libvirt.org/schemas/storagepool/fs/1.0' };
const rbd = { namespace: rbdNamespace };
const fs = { namespace: fsNamespace };

const features = element('features', { cow: optional(childAttr('cow', 'state', yesNo)) });
const target = element('target', { path: optional(leaf(string)), permissions: optional(child(permissions)) });
const refreshVolume = element('volume', {
  allocation: attr(oneOf('default', 'capacity'), {
    invalid: (value) =>
      VirError.of('CONFIG_UNSUPPORTED', `unknown storage pool volume refresh allocation type ${value}`),
  }),
});
const refresh = element('refresh', { volume: optional(child(refreshVolume)) });

/** `<rbd:config_opts>`: options that are handed to the cluster's client as they are. */
const configOptions = element(
  'config_opts',
  {
    options: children(
      element(
        'option',
        {
          name: attr(string, required('no rbd option name specified')),
          value: attr(string, required('no rbd option value specified')),
        },
        rbd,
      ),
    ),
  },
  rbd,
);

/** `<fs:mount_opts>`: options of mount(8) beside our own. */
const mountOptions = element(
  'mount_opts',
  {
    options: children(
      element('option', { name: attr(string, required('no fs mount option name specified')) }, fs),
    ),
  },
  fs,
);

/** `<pool>` as it is written; `fillPool` makes a definition of it. */
export const poolElement = element(
  'pool',
  {
    type: attr(oneOf(...poolTypeNames)),
    name: optional(leaf(string)),
    uuid: optional(leaf(uuid, { invalid: () => VirError.of('XML_ERROR', 'malformed uuid element') })),
    capacity: optional(sizeInBytes({ unit: 'bytes' })),
    allocation: optional(sizeInBytes({ unit: 'bytes' })),
    available: optional(sizeInBytes({ unit: 'bytes' })),
    features: optional(child(features)),
    source: optional(child(poolSource)),
    target: optional(child(target)),
    refresh: optional(child(refresh)),
    mountOptions: optional(child(mountOptions)),
    configOptions: optional(child(configOptions)),
  },
  {
    declares: (value) => [
      ...(value.mountOptions === undefined ? [] : [fsNamespace]),
      ...(value.configOptions === undefined ? [] : [rbdNamespace]),
    ],
  },
);
export type WrittenPool = Infer<typeof poolElement>;
