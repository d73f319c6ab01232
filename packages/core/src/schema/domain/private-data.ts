import { attr, childAttr, leaf } from '../../xml/attribute.js';
import { child, children, element, type Infer, within } from '../../xml/element.js';
import { optional, statusOnly } from '../../xml/field.js';
import { oneOf, string, uint, yesNo } from '../../xml/scalars.js';

// What a driver keeps of a device in its status file, and nowhere else.

const nodename = element('nodename', {
  type: attr(oneOf('storage', 'format', 'slice-storage', 'copyOnRead', 'throttle-filter')),
  name: attr(string),
  group: optional(attr(string)),
});
const nodenames = within('nodenames', children(nodename));

const secretObject = element('secret', {
  type: attr(oneOf('auth', 'encryption', 'httpcookie', 'tlskey')),
  alias: attr(string),
});
const objects = element('objects', {
  secrets: children(secretObject),
  TLSx509: optional(childAttr('TLSx509', 'alias', string)),
});

const fdset = element('fdset', { type: attr(oneOf('storage')), id: attr(uint()) });

const storagePrivateData = element('privateData', {
  nodenames,
  reservations: optional(childAttr('reservations', 'mgralias', string)),
  relPath: optional(leaf(string)),
  objects: optional(child(objects)),
  fdsets: within('fdsets', children(fdset)),
  thresholdEvent: optional(childAttr('thresholdEvent', 'indexUsed', yesNo)),
  nbdkit: optional(
    child(element('nbdkit', { pidfile: optional(leaf(string)), socketfile: optional(leaf(string)) })),
  ),
});

/** Of an image: its block nodes and the objects that they use. */
export const storageState = statusOnly(optional(child(storagePrivateData)));
export type StoragePrivateData = Infer<typeof storagePrivateData>;

const diskPrivateData = element('privateData', {
  qom: optional(childAttr('qom', 'name', string)),
  nodenames,
});

/** Of a disk: its device and the nodes between it and its image. */
export const diskState = statusOnly(optional(child(diskPrivateData)));
export type DiskPrivateData = Infer<typeof diskPrivateData>;
