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
    doc: 'Domain event lifecycle.',
  }),
  domainEventReboot: eventMessage({
    number: 169,
    since: '0.8.0',
    message: { dom: domainRef },
    doc: 'Domain event reboot.',
  }),
  domainEventRtcChange: eventMessage({
    number: 170,
    since: '0.8.0',
    message: { dom: domainRef, offset: hyper },
    doc: 'Domain event rtc change.',
  }),
  domainEventWatchdog: eventMessage({
    number: 171,
    since: '0.8.0',
    message: { dom: domainRef, action: int },
    doc: 'Domain event watchdog.',
  }),
  domainEventIoError: eventMessage({
    number: 172,
    since: '0.8.0',
    message: { dom: domainRef, srcPath: text, devAlias: text, action: int },
    doc: 'Domain event io error.',
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
    doc: 'Domain event graphics.',
  }),
  domainEventIoErrorReason: eventMessage({
    number: 195,
    since: '0.8.1',
    message: { dom: domainRef, srcPath: text, devAlias: text, action: int, reason: text },
    doc: 'Domain event io error reason.',
  }),
  domainEventControlError: eventMessage({
    number: 224,
    since: '0.9.2',
    message: { dom: domainRef },
    doc: 'Domain event control error.',
  }),
  domainEventBlockJob: eventMessage({
    number: 241,
    since: '0.9.4',
    message: { dom: domainRef, path: text, type: int, status: int },
    doc: 'Domain event block job.',
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
    doc: 'Domain event disk change.',
  }),
  domainEventTrayChange: eventMessage({
    number: 268,
    since: '0.9.11',
    message: { dom: domainRef, devAlias: text, reason: int },
    doc: 'Domain event tray change.',
  }),
  domainEventPmwakeup: eventMessage({
    number: 269,
    since: '0.9.11',
    message: { dom: domainRef },
    doc: 'Domain event pmwakeup.',
  }),
  domainEventPmsuspend: eventMessage({
    number: 270,
    since: '0.9.11',
    message: { dom: domainRef },
    doc: 'Domain event pmsuspend.',
  }),
  domainEventBalloonChange: eventMessage({
    number: 276,
    since: '0.10.0',
    message: { dom: domainRef, actual: uhyper },
    doc: 'Domain event balloon change.',
  }),
  domainEventPmsuspendDisk: eventMessage({
    number: 292,
    since: '1.0.0',
    message: { dom: domainRef },
    doc: 'Domain event pmsuspend disk.',
  }),
  domainEventDeviceRemoved: eventMessage({
    number: 311,
    since: '1.1.1',
    message: { dom: domainRef, devAlias: text },
    doc: 'Domain event device removed.',
  }),
  domainEventCallbackLifecycle: eventMessage({
    number: 318,
    since: '0.8.0',
    message: { callbackID: int, msg: domainEventLifecycleMsg },
    doc: 'Domain event callback lifecycle.',
  }),
  domainEventCallbackReboot: eventMessage({
    number: 319,
    since: '0.8.0',
    message: { callbackID: int, msg: domainEventRebootMsg },
    doc: 'Domain event callback reboot.',
  }),
  domainEventCallbackRtcChange: eventMessage({
    number: 320,
    since: '0.8.0',
    message: { callbackID: int, msg: domainEventRtcChangeMsg },
    doc: 'Domain event callback rtc change.',
  }),
  domainEventCallbackWatchdog: eventMessage({
    number: 321,
    since: '0.8.0',
    message: { callbackID: int, msg: domainEventWatchdogMsg },
    doc: 'Domain event callback watchdog.',
  }),
  domainEventCallbackIoError: eventMessage({
    number: 322,
    since: '0.8.0',
    message: { callbackID: int, msg: domainEventIoErrorMsg },
    doc: 'Domain event callback io error.',
  }),
  domainEventCallbackGraphics: eventMessage({
    number: 323,
    since: '0.8.0',
    message: { callbackID: int, msg: domainEventGraphicsMsg },
    doc: 'Domain event callback graphics.',
  }),
  domainEventCallbackIoErrorReason: eventMessage({
    number: 324,
    since: '0.8.1',
    message: { callbackID: int, msg: domainEventIoErrorReasonMsg },
    doc: 'Domain event callback io error reason.',
  }),
  domainEventCallbackControlError: eventMessage({
    number: 325,
    since: '0.9.2',
    message: { callbackID: int, msg: domainEventControlErrorMsg },
    doc: 'Domain event callback control error.',
  }),
  domainEventCallbackBlockJob: eventMessage({
    number: 326,
    since: '0.9.4',
    message: { callbackID: int, msg: domainEventBlockJobMsg },
    doc: 'Domain event callback block job.',
  }),
  domainEventCallbackDiskChange: eventMessage({
    number: 327,
    since: '0.9.7',
    message: { callbackID: int, msg: domainEventDiskChangeMsg },
    doc: 'Domain event callback disk change.',
  }),
  domainEventCallbackTrayChange: eventMessage({
    number: 328,
    since: '0.9.11',
    message: { callbackID: int, msg: domainEventTrayChangeMsg },
    doc: 'Domain event callback tray change.',
  }),
  domainEventCallbackPmwakeup: eventMessage({
    number: 329,
    since: '0.9.11',
    message: { callbackID: int, reason: int, msg: domainEventPmwakeupMsg },
    doc: 'Domain event callback pmwakeup.',
  }),
  domainEventCallbackPmsuspend: eventMessage({
    number: 330,
    since: '0.9.11',
    message: { callbackID: int, reason: int, msg: domainEventPmsuspendMsg },
    doc: 'Domain event callback pmsuspend.',
  }),
  domainEventCallbackBalloonChange: eventMessage({
    number: 331,
    since: '0.10.0',
    message: { callbackID: int, msg: domainEventBalloonChangeMsg },
    doc: 'Domain event callback balloon change.',
  }),
  domainEventCallbackPmsuspendDisk: eventMessage({
    number: 332,
    since: '1.0.0',
    message: { callbackID: int, reason: int, msg: domainEventPmsuspendDiskMsg },
    doc: 'Domain event callback pmsuspend disk.',
  }),
  domainEventCallbackDeviceRemoved: eventMessage({
    number: 333,
    since: '1.1.1',
    message: { callbackID: int, msg: domainEventDeviceRemovedMsg },
    doc: 'Domain event callback device removed.',
  }),
  domainEventBlockJob2: eventMessage({
    number: 339,
    since: '1.2.6',
    message: { callbackID: int, dom: domainRef, dst: text, type: int, status: int },
    doc: 'Domain event block job2.',
  }),
  domainEventCallbackTunable: eventMessage({
    number: 346,
    since: '1.2.9',
    message: { callbackID: int, dom: domainRef, params: array(typedParameter, limits.domainEventTunableMax) },
    doc: 'Domain event callback tunable.',
  }),
  domainEventCallbackAgentLifecycle: eventMessage({
    number: 348,
    since: '1.2.11',
    message: { callbackID: int, dom: domainRef, state: int, reason: int },
    doc: 'Domain event callback agent lifecycle.',
  }),
  domainEventCallbackDeviceAdded: eventMessage({
    number: 354,
    since: '1.2.15',
    message: { callbackID: int, dom: domainRef, devAlias: text },
    doc: 'Domain event callback device added.',
  }),
  domainEventCallbackMigrationIteration: eventMessage({
    number: 359,
    since: '1.3.2',
    message: { callbackID: int, dom: domainRef, iteration: int },
    doc: 'Domain event callback migration iteration.',
  }),
  domainEventCallbackJobCompleted: eventMessage({
    number: 363,
    since: '1.3.3',
    message: { callbackID: int, dom: domainRef, params: array(typedParameter, limits.domainJobStatsMax) },
    doc: 'Domain event callback job completed.',
  }),
  domainEventCallbackDeviceRemovalFailed: eventMessage({
    number: 367,
    since: '1.3.4',
    message: { callbackID: int, dom: domainRef, devAlias: text },
    doc: 'Domain event callback device removal failed.',
  }),
  domainEventCallbackMetadataChange: eventMessage({
    number: 379,
    since: '3.0.0',
    message: { callbackID: int, dom: domainRef, type: int, nsuri: optionalText },
    doc: 'Domain event callback metadata change.',
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
    doc: 'Domain event block threshold.',
  }),
  domainEventMemoryFailure: eventMessage({
    number: 423,
    since: '6.9.0',
    message: { callbackID: int, dom: domainRef, recipient: int, action: int, flags: uint },
    doc: 'Domain event memory failure.',
  }),
  domainEventMemoryDeviceSizeChange: eventMessage({
    number: 438,
    since: '7.9.0',
    message: { callbackID: int, dom: domainRef, alias: text, size: uhyper },
    doc: 'Domain event memory device size change.',
  }),
  domainEventNicMacChange: eventMessage({
    number: 453,
    since: '11.2.0',
    message: { callbackID: int, dom: domainRef, alias: text, oldMAC: text, newMAC: text },
    doc: 'Domain event nic mac change.',
  }),
} as const;
