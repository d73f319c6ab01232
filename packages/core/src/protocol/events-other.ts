// Messages about everything else. Numbers, shapes and permissions: libvirt 11.3.0, remote_protocol.x.
import { int, optionalText } from '../wire/types.js';
import { eventMessage } from './procedure.js';
import { networkRef, nodeDeviceRef, secretRef, storagePoolRef } from './refs.js';

export const eventsOther = {
  networkEventLifecycle: eventMessage({
    number: 315,
    since: '1.2.1',
    message: { callbackID: int, net: networkRef, event: int, detail: int },
    doc: 'Network event lifecycle.',
  }),
  connectEventConnectionClosed: eventMessage({
    number: 362,
    since: '0.9.0',
    message: { reason: int },
    doc: 'Connect event connection closed.',
  }),
  storagePoolEventLifecycle: eventMessage({
    number: 370,
    since: '2.0.0',
    message: { callbackID: int, pool: storagePoolRef, event: int, detail: int },
    doc: 'Storage pool event lifecycle.',
  }),
  storagePoolEventRefresh: eventMessage({
    number: 373,
    since: '2.0.0',
    message: { callbackID: int, pool: storagePoolRef },
    doc: 'Storage pool event refresh.',
  }),
  nodeDeviceEventLifecycle: eventMessage({
    number: 376,
    since: '2.2.0',
    message: { callbackID: int, dev: nodeDeviceRef, event: int, detail: int },
    doc: 'Node device event lifecycle.',
  }),
  nodeDeviceEventUpdate: eventMessage({
    number: 377,
    since: '2.2.0',
    message: { callbackID: int, dev: nodeDeviceRef },
    doc: 'Node device event update.',
  }),
  secretEventLifecycle: eventMessage({
    number: 382,
    since: '3.0.0',
    message: { callbackID: int, secret: secretRef, event: int, detail: int },
    doc: 'Secret event lifecycle.',
  }),
  secretEventValueChanged: eventMessage({
    number: 383,
    since: '3.0.0',
    message: { callbackID: int, secret: secretRef },
    doc: 'Secret event value changed.',
  }),
  networkEventCallbackMetadataChange: eventMessage({
    number: 446,
    since: '9.8.0',
    message: { callbackID: int, net: networkRef, type: int, nsuri: optionalText },
    doc: 'Network event callback metadata change.',
  }),
} as const;
