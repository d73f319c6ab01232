// Messages about domains. Numbers, shapes and permissions: libvirt 11.3.0, remote_protocol.x.
import { array, hyper, int, optionalText, struct, text, uhyper, uint } from '../wire/types.js';
import { limits } from './limits.js';
import { eventMessage } from './procedure.js';
import { domainRef } from './refs.js';
import { typedParameter } from './typed-parameter.js';

const domainEventGraphicsAddress = struct({ family: int, node: text, service: text });

const domainEventGraphicsIdentity = struct({ type: text, name: text });

const domainEventLifecycleMsg = struct({ dom: domainRef, event: int, detail: int });

const domainEventRebootMsg = struct({ dom: domainRef });

const domainEventRtcChangeMsg = struct({ dom: domainRef, offset: hyper });

const domainEventWatchdogMsg = struct({ dom: domainRef, action: int });

const domainEventIoErrorMsg = struct({ dom: domainRef, srcPath: text, devAlias: text, action: int });

const domainEventGraphicsMsg = struct({
  dom: domainRef,
  phase: int,
  local: domainEventGraphicsAddress,
  remote: domainEventGraphicsAddress,
  authScheme: text,
  subject: array(domainEventGraphicsIdentity, limits.domainEventGraphicsIdentityMax),
});

const domainEventIoErrorReasonMsg = struct({
  dom: domainRef,
  srcPath: text,
  devAlias: text,
  action: int,
  reason: text,
});

const domainEventControlErrorMsg = struct({ dom: domainRef });

const domainEventBlockJobMsg = struct({ dom: domainRef, path: text, type: int, status: int });

const domainEventDiskChangeMsg = struct({
  dom: domainRef,
  oldSrcPath: optionalText,
  newSrcPath: optionalText,
  devAlias: text,
  reason: int,
});

const domainEventTrayChangeMsg = struct({ dom: domainRef, devAlias: text, reason: int });

const domainEventPmwakeupMsg = struct({ dom: domainRef });

const domainEventPmsuspendMsg = struct({ dom: domainRef });

const domainEventBalloonChangeMsg = struct({ dom: domainRef, actual: uhyper });

const domainEventPmsuspendDiskMsg = struct({ dom: domainRef });

const domainEventDeviceRemovedMsg = struct({ dom: domainRef, devAlias: text });

export const eventsDomain = {
  domainEventLifecycle: eventMessage({
    number: 107,
    since: '0.8.0',
    message: { dom: domainRef, event: int, detail: int },
    doc: "A domain's state or definition changed; for clients without callback ids.",
  }),
  domainEventReboot: eventMessage({
    number: 169,
    since: '0.8.0',
    message: { dom: domainRef },
    doc: 'A guest rebooted; for clients without callback ids.',
  }),
  domainEventRtcChange: eventMessage({
    number: 170,
    since: '0.8.0',
    message: { dom: domainRef, offset: hyper },
    doc: 'A guest set its clock; for clients without callback ids.',
  }),
  domainEventWatchdog: eventMessage({
    number: 171,
    since: '0.8.0',
    message: { dom: domainRef, action: int },
    doc: "A guest's watchdog fired; for clients without callback ids.",
  }),
  domainEventIoError: eventMessage({
    number: 172,
    since: '0.8.0',
    message: { dom: domainRef, srcPath: text, devAlias: text, action: int },
    doc: 'A disk request failed; for clients without callback ids.',
  }),
  domainEventGraphics: eventMessage({
    number: 173,
    since: '0.8.0',
    message: {
      dom: domainRef,
      phase: int,
      local: domainEventGraphicsAddress,
      remote: domainEventGraphicsAddress,
      authScheme: text,
      subject: array(domainEventGraphicsIdentity, limits.domainEventGraphicsIdentityMax),
    },
    doc: "Somebody connected to or left a domain's display; for clients without callback ids.",
  }),
  domainEventIoErrorReason: eventMessage({
    number: 195,
    since: '0.8.1',
    message: { dom: domainRef, srcPath: text, devAlias: text, action: int, reason: text },
    doc: 'A disk request failed, with the reason; for clients without callback ids.',
  }),
  domainEventControlError: eventMessage({
    number: 224,
    since: '0.9.2',
    message: { dom: domainRef },
    doc: 'The daemon lost control of a domain; for clients without callback ids.',
  }),
  domainEventBlockJob: eventMessage({
    number: 241,
    since: '0.9.4',
    message: { dom: domainRef, path: text, type: int, status: int },
    doc: 'A block job ended or is ready; for clients without callback ids.',
  }),
  domainEventDiskChange: eventMessage({
    number: 248,
    since: '0.9.7',
    message: {
      dom: domainRef,
      oldSrcPath: optionalText,
      newSrcPath: optionalText,
      devAlias: text,
      reason: int,
    },
    doc: "A disk's medium was changed or dropped; for clients without callback ids.",
  }),
  domainEventTrayChange: eventMessage({
    number: 268,
    since: '0.9.11',
    message: { dom: domainRef, devAlias: text, reason: int },
    doc: 'A tray of a removable disk opened or closed; for clients without callback ids.',
  }),
  domainEventPmwakeup: eventMessage({
    number: 269,
    since: '0.9.11',
    message: { dom: domainRef },
    doc: 'A guest woke up; for clients without callback ids.',
  }),
  domainEventPmsuspend: eventMessage({
    number: 270,
    since: '0.9.11',
    message: { dom: domainRef },
    doc: 'A guest went to sleep in memory; for clients without callback ids.',
  }),
  domainEventBalloonChange: eventMessage({
    number: 276,
    since: '0.10.0',
    message: { dom: domainRef, actual: uhyper },
    doc: "The balloon changed the guest's memory; for clients without callback ids.",
  }),
  domainEventPmsuspendDisk: eventMessage({
    number: 292,
    since: '1.0.0',
    message: { dom: domainRef },
    doc: 'A guest went to sleep on disk; for clients without callback ids.',
  }),
  domainEventDeviceRemoved: eventMessage({
    number: 311,
    since: '1.1.1',
    message: { dom: domainRef, devAlias: text },
    doc: 'A device has left the guest; for clients without callback ids.',
  }),
  domainEventCallbackLifecycle: eventMessage({
    number: 318,
    since: '0.8.0',
    message: { callbackID: int, msg: domainEventLifecycleMsg },
    doc: "A domain's state or definition changed.",
  }),
  domainEventCallbackReboot: eventMessage({
    number: 319,
    since: '0.8.0',
    message: { callbackID: int, msg: domainEventRebootMsg },
    doc: 'A guest rebooted.',
  }),
  domainEventCallbackRtcChange: eventMessage({
    number: 320,
    since: '0.8.0',
    message: { callbackID: int, msg: domainEventRtcChangeMsg },
    doc: 'A guest set its clock: the offset from UTC in seconds.',
  }),
  domainEventCallbackWatchdog: eventMessage({
    number: 321,
    since: '0.8.0',
    message: { callbackID: int, msg: domainEventWatchdogMsg },
    doc: "A guest's watchdog fired, and what was done about it.",
  }),
  domainEventCallbackIoError: eventMessage({
    number: 322,
    since: '0.8.0',
    message: { callbackID: int, msg: domainEventIoErrorMsg },
    doc: 'A disk request failed, and what was done about it.',
  }),
  domainEventCallbackGraphics: eventMessage({
    number: 323,
    since: '0.8.0',
    message: { callbackID: int, msg: domainEventGraphicsMsg },
    doc: "Somebody connected to or left a domain's display.",
  }),
  domainEventCallbackIoErrorReason: eventMessage({
    number: 324,
    since: '0.8.1',
    message: { callbackID: int, msg: domainEventIoErrorReasonMsg },
    doc: 'A disk request failed, with the reason and what was done about it.',
  }),
  domainEventCallbackControlError: eventMessage({
    number: 325,
    since: '0.9.2',
    message: { callbackID: int, msg: domainEventControlErrorMsg },
    doc: "The daemon lost control of a domain's process.",
  }),
  domainEventCallbackBlockJob: eventMessage({
    number: 326,
    since: '0.9.4',
    message: { callbackID: int, msg: domainEventBlockJobMsg },
    doc: 'A block job ended or is ready; disks are named by path.',
  }),
  domainEventCallbackDiskChange: eventMessage({
    number: 327,
    since: '0.9.7',
    message: { callbackID: int, msg: domainEventDiskChangeMsg },
    doc: "A disk's medium was changed or dropped.",
  }),
  domainEventCallbackTrayChange: eventMessage({
    number: 328,
    since: '0.9.11',
    message: { callbackID: int, msg: domainEventTrayChangeMsg },
    doc: 'A tray of a removable disk opened or closed.',
  }),
  domainEventCallbackPmwakeup: eventMessage({
    number: 329,
    since: '0.9.11',
    message: { callbackID: int, reason: int, msg: domainEventPmwakeupMsg },
    doc: 'A guest woke up.',
  }),
  domainEventCallbackPmsuspend: eventMessage({
    number: 330,
    since: '0.9.11',
    message: { callbackID: int, reason: int, msg: domainEventPmsuspendMsg },
    doc: 'A guest went to sleep in memory.',
  }),
  domainEventCallbackBalloonChange: eventMessage({
    number: 331,
    since: '0.10.0',
    message: { callbackID: int, msg: domainEventBalloonChangeMsg },
    doc: "The balloon changed the guest's memory, in KiB.",
  }),
  domainEventCallbackPmsuspendDisk: eventMessage({
    number: 332,
    since: '1.0.0',
    message: { callbackID: int, reason: int, msg: domainEventPmsuspendDiskMsg },
    doc: 'A guest went to sleep on disk.',
  }),
  domainEventCallbackDeviceRemoved: eventMessage({
    number: 333,
    since: '1.1.1',
    message: { callbackID: int, msg: domainEventDeviceRemovedMsg },
    doc: 'A device has left the guest.',
  }),
  domainEventBlockJob2: eventMessage({
    number: 339,
    since: '1.2.6',
    message: { callbackID: int, dom: domainRef, dst: text, type: int, status: int },
    doc: 'A block job ended or is ready; disks are named by target.',
  }),
  domainEventCallbackTunable: eventMessage({
    number: 346,
    since: '1.2.9',
    message: { callbackID: int, dom: domainRef, params: array(typedParameter, limits.domainEventTunableMax) },
    doc: 'Settings of a running domain were changed, by name.',
  }),
  domainEventCallbackAgentLifecycle: eventMessage({
    number: 348,
    since: '1.2.11',
    message: { callbackID: int, dom: domainRef, state: int, reason: int },
    doc: 'The guest agent came or went.',
  }),
  domainEventCallbackDeviceAdded: eventMessage({
    number: 354,
    since: '1.2.15',
    message: { callbackID: int, dom: domainRef, devAlias: text },
    doc: 'A device has come to the guest.',
  }),
  domainEventCallbackMigrationIteration: eventMessage({
    number: 359,
    since: '1.3.2',
    message: { callbackID: int, dom: domainRef, iteration: int },
    doc: "A migration began another pass over the guest's memory.",
  }),
  domainEventCallbackJobCompleted: eventMessage({
    number: 363,
    since: '1.3.3',
    message: { callbackID: int, dom: domainRef, params: array(typedParameter, limits.domainJobStatsMax) },
    doc: 'A long job of a domain ended; its figures.',
  }),
  domainEventCallbackDeviceRemovalFailed: eventMessage({
    number: 367,
    since: '1.3.4',
    message: { callbackID: int, dom: domainRef, devAlias: text },
    doc: 'A guest did not let a device go.',
  }),
  domainEventCallbackMetadataChange: eventMessage({
    number: 379,
    since: '3.0.0',
    message: { callbackID: int, dom: domainRef, type: int, nsuri: optionalText },
    doc: "The title, the description or an application's own XML of a domain changed.",
  }),
  domainEventBlockThreshold: eventMessage({
    number: 385,
    since: '3.2.0',
    message: {
      callbackID: int,
      dom: domainRef,
      dev: text,
      path: optionalText,
      threshold: uhyper,
      excess: uhyper,
    },
    doc: "A disk's allocation crossed the threshold that was set.",
  }),
  domainEventMemoryFailure: eventMessage({
    number: 423,
    since: '6.9.0',
    message: { callbackID: int, dom: domainRef, recipient: int, action: int, flags: uint },
    doc: "The host's memory failed under a guest, and what was done about it.",
  }),
  domainEventMemoryDeviceSizeChange: eventMessage({
    number: 438,
    since: '7.9.0',
    message: { callbackID: int, dom: domainRef, alias: text, size: uhyper },
    doc: 'A memory device of a guest got another size.',
  }),
  domainEventNicMacChange: eventMessage({
    number: 453,
    since: '11.2.0',
    message: { callbackID: int, dom: domainRef, alias: text, oldMAC: text, newMAC: text },
    doc: 'A guest changed the MAC address of an interface.',
  }),
} as const;
