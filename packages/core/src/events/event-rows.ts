// Which messages tell of which event, and what such a message holds besides its callbackID.
import type { EventMessage } from '../protocol/procedure.js';
import { remoteMessages } from '../protocol/programs.js';

/** What an event is about. */
export type EventObject = 'domain' | 'network' | 'storage_pool' | 'node_device' | 'secret';

export interface EventRow {
  readonly object: EventObject;
  /** libvirt's number of the event among those of its object. */
  readonly id: number;
  /** Sent to clients that registered with a callback id; begins with `callbackID`. */
  readonly message: EventMessage;
  /** The message's payload stands in a field `msg` and is the whole legacy message. */
  readonly nested: boolean;
  /** Sent to clients that registered the old way; absent for events that are younger. */
  readonly legacy?: EventMessage;
}

const row = (object: EventObject, id: number, message: EventMessage, legacy?: EventMessage): EventRow => ({
  object,
  id,
  message,
  nested: 'msg' in message.message,
  ...(legacy === undefined ? {} : { legacy }),
});

/** By name: what an event is called in the daemons. */
export const eventRows = {
  domainLifecycle: row(
    'domain',
    0,
    remoteMessages.domainEventCallbackLifecycle,
    remoteMessages.domainEventLifecycle,
  ),
  domainReboot: row('domain', 1, remoteMessages.domainEventCallbackReboot, remoteMessages.domainEventReboot),
  domainRtcChange: row(
    'domain',
    2,
    remoteMessages.domainEventCallbackRtcChange,
    remoteMessages.domainEventRtcChange,
  ),
  domainWatchdog: row(
    'domain',
    3,
    remoteMessages.domainEventCallbackWatchdog,
    remoteMessages.domainEventWatchdog,
  ),
  domainIoError: row(
    'domain',
    4,
    remoteMessages.domainEventCallbackIoError,
    remoteMessages.domainEventIoError,
  ),
  domainGraphics: row(
    'domain',
    5,
    remoteMessages.domainEventCallbackGraphics,
    remoteMessages.domainEventGraphics,
  ),
  domainIoErrorReason: row(
    'domain',
    6,
    remoteMessages.domainEventCallbackIoErrorReason,
    remoteMessages.domainEventIoErrorReason,
  ),
  domainControlError: row(
    'domain',
    7,
    remoteMessages.domainEventCallbackControlError,
    remoteMessages.domainEventControlError,
  ),
  domainBlockJob: row(
    'domain',
    8,
    remoteMessages.domainEventCallbackBlockJob,
    remoteMessages.domainEventBlockJob,
  ),
  domainDiskChange: row(
    'domain',
    9,
    remoteMessages.domainEventCallbackDiskChange,
    remoteMessages.domainEventDiskChange,
  ),
  domainTrayChange: row(
    'domain',
    10,
    remoteMessages.domainEventCallbackTrayChange,
    remoteMessages.domainEventTrayChange,
  ),
  domainPmwakeup: row(
    'domain',
    11,
    remoteMessages.domainEventCallbackPmwakeup,
    remoteMessages.domainEventPmwakeup,
  ),
  domainPmsuspend: row(
    'domain',
    12,
    remoteMessages.domainEventCallbackPmsuspend,
    remoteMessages.domainEventPmsuspend,
  ),
  domainBalloonChange: row(
    'domain',
    13,
    remoteMessages.domainEventCallbackBalloonChange,
    remoteMessages.domainEventBalloonChange,
  ),
  domainPmsuspendDisk: row(
    'domain',
    14,
    remoteMessages.domainEventCallbackPmsuspendDisk,
    remoteMessages.domainEventPmsuspendDisk,
  ),
  domainDeviceRemoved: row(
    'domain',
    15,
    remoteMessages.domainEventCallbackDeviceRemoved,
    remoteMessages.domainEventDeviceRemoved,
  ),
  domainBlockJob2: row('domain', 16, remoteMessages.domainEventBlockJob2),
  domainTunable: row('domain', 17, remoteMessages.domainEventCallbackTunable),
  domainAgentLifecycle: row('domain', 18, remoteMessages.domainEventCallbackAgentLifecycle),
  domainDeviceAdded: row('domain', 19, remoteMessages.domainEventCallbackDeviceAdded),
  domainMigrationIteration: row('domain', 20, remoteMessages.domainEventCallbackMigrationIteration),
  domainJobCompleted: row('domain', 21, remoteMessages.domainEventCallbackJobCompleted),
  domainDeviceRemovalFailed: row('domain', 22, remoteMessages.domainEventCallbackDeviceRemovalFailed),
  domainMetadataChange: row('domain', 23, remoteMessages.domainEventCallbackMetadataChange),
  domainBlockThreshold: row('domain', 24, remoteMessages.domainEventBlockThreshold),
  domainMemoryFailure: row('domain', 25, remoteMessages.domainEventMemoryFailure),
  domainMemoryDeviceSizeChange: row('domain', 26, remoteMessages.domainEventMemoryDeviceSizeChange),
  domainNicMacChange: row('domain', 27, remoteMessages.domainEventNicMacChange),
  networkLifecycle: row('network', 0, remoteMessages.networkEventLifecycle),
  networkMetadataChange: row('network', 1, remoteMessages.networkEventCallbackMetadataChange),
  storagePoolLifecycle: row('storage_pool', 0, remoteMessages.storagePoolEventLifecycle),
  storagePoolRefresh: row('storage_pool', 1, remoteMessages.storagePoolEventRefresh),
  nodeDeviceLifecycle: row('node_device', 0, remoteMessages.nodeDeviceEventLifecycle),
  nodeDeviceUpdate: row('node_device', 1, remoteMessages.nodeDeviceEventUpdate),
  secretLifecycle: row('secret', 0, remoteMessages.secretEventLifecycle),
  secretValueChanged: row('secret', 1, remoteMessages.secretEventValueChanged),
} as const satisfies { readonly [name: string]: EventRow };

export type EventName = keyof typeof eventRows;
