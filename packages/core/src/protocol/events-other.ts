// Messages about everything else. Numbers, shapes and permissions: libvirt 11.3.0, remote_protocol.x.
import { int, optionalText } from '../wire/types.js';
import { eventMessage } from './procedure.js';
import { networkRef, nodeDeviceRef, secretRef, storagePoolRef } from './refs.js';

export const eventsOther = {
  networkEventLifecycle: eventMessage({
    number: 315,
    since: '1.2.1',
    message: { callbackID: int, net: networkRef, event: int, detail: int },
    doc: "A network's state or definition changed.",
  }),
  connectEventConnectionClosed: eventMessage({
    number: 362,
    since: '0.9.0',
    message: { reason: int },
    doc: 'The driver lost its own connection, and why.',
  }),
  storagePoolEventLifecycle: eventMessage({
    number: 370,
    since: '2.0.0',
    message: { callbackID: int, pool: storagePoolRef, event: int, detail: int },
    doc: "A storage pool's state or definition changed.",
  }),
  storagePoolEventRefresh: eventMessage({
    number: 373,
    since: '2.0.0',
    message: { callbackID: int, pool: storagePoolRef },
    doc: 'A storage pool looked again which volumes it has.',
  }),
  nodeDeviceEventLifecycle: eventMessage({
    number: 376,
    since: '2.2.0',
    message: { callbackID: int, dev: nodeDeviceRef, event: int, detail: int },
    doc: 'A host device came, went or was defined.',
  }),
  nodeDeviceEventUpdate: eventMessage({
    number: 377,
    since: '2.2.0',
    message: { callbackID: int, dev: nodeDeviceRef },
    doc: 'A host device changed.',
  }),
  secretEventLifecycle: eventMessage({
    number: 382,
    since: '3.0.0',
    message: { callbackID: int, secret: secretRef, event: int, detail: int },
    doc: 'A secret was defined or forgotten.',
  }),
  secretEventValueChanged: eventMessage({
    number: 383,
    since: '3.0.0',
    message: { callbackID: int, secret: secretRef },
    doc: 'A secret got another value.',
  }),
  networkEventCallbackMetadataChange: eventMessage({
    number: 446,
    since: '9.8.0',
    message: { callbackID: int, net: networkRef, type: int, nsuri: optionalText },
    doc: "The title, the description or an application's own XML of a network changed.",
  }),
} as const;
