// Numbers of the public enums. Source: libvirt 11.3.0, libvirt-domain.h.

/** virDomainEventStartedDetailType */
export const domainEventStartedDetailType = {
  booted: 0,
  migrated: 1,
  restored: 2,
  fromSnapshot: 3,
  wakeup: 4,
} as const;

/** virDomainEventSuspendedDetailType */
export const domainEventSuspendedDetailType = {
  paused: 0,
  migrated: 1,
  ioerror: 2,
  watchdog: 3,
  restored: 4,
  fromSnapshot: 5,
  apiError: 6,
  postcopy: 7,
  postcopyFailed: 8,
} as const;

/** virDomainEventResumedDetailType */
export const domainEventResumedDetailType = {
  unpaused: 0,
  migrated: 1,
  fromSnapshot: 2,
  postcopy: 3,
  postcopyFailed: 4,
} as const;

/** virDomainEventStoppedDetailType */
export const domainEventStoppedDetailType = {
  shutdown: 0,
  destroyed: 1,
  crashed: 2,
  migrated: 3,
  saved: 4,
  failed: 5,
  fromSnapshot: 6,
} as const;

/** virDomainEventShutdownDetailType */
export const domainEventShutdownDetailType = {
  finished: 0,
  guest: 1,
  host: 2,
} as const;

/** virDomainEventPMSuspendedDetailType */
export const domainEventPMSuspendedDetailType = {
  memory: 0,
  disk: 1,
} as const;

/** virDomainEventCrashedDetailType */
export const domainEventCrashedDetailType = {
  panicked: 0,
  crashloaded: 1,
} as const;

/** virDomainMemoryFailureRecipientType */
export const domainMemoryFailureRecipientType = {
  hypervisor: 0,
  guest: 1,
} as const;

/** virDomainMemoryFailureActionType */
export const domainMemoryFailureActionType = {
  ignore: 0,
  inject: 1,
  fatal: 2,
  reset: 3,
} as const;

/** virDomainMemoryFailureFlags */
export const domainMemoryFailureFlags = {
  actionRequired: 1,
  recursive: 2,
} as const;

/** virDomainJobType */
export const domainJobType = {
  none: 0,
  bounded: 1,
  unbounded: 2,
  completed: 3,
  failed: 4,
  cancelled: 5,
} as const;

/** virDomainGetJobStatsFlags */
export const domainGetJobStatsFlags = {
  completed: 1,
  keepCompleted: 2,
} as const;

/** virDomainAbortJobFlagsValues */
export const domainAbortJobFlags = {
  postcopy: 1,
} as const;

/** virDomainJobOperation */
export const domainJobOperation = {
  unknown: 0,
  start: 1,
  save: 2,
  restore: 3,
  migrationIn: 4,
  migrationOut: 5,
  snapshot: 6,
  snapshotRevert: 7,
  dump: 8,
  backup: 9,
  snapshotDelete: 10,
} as const;

/** virDomainEventWatchdogAction */
export const domainEventWatchdogAction = {
  none: 0,
  pause: 1,
  reset: 2,
  poweroff: 3,
  shutdown: 4,
  debug: 5,
  injectnmi: 6,
} as const;

/** virDomainEventIOErrorAction */
export const domainEventIOErrorAction = {
  none: 0,
  pause: 1,
  report: 2,
} as const;

/** virDomainEventGraphicsPhase */
export const domainEventGraphicsPhase = {
  connect: 0,
  initialize: 1,
  disconnect: 2,
} as const;

/** virDomainEventGraphicsAddressType */
export const domainEventGraphicsAddressType = {
  ipv4: 0,
  ipv6: 1,
  unix: 2,
} as const;

/** virConnectDomainEventBlockJobStatus */
export const connectDomainEventBlockJobStatus = {
  completed: 0,
  failed: 1,
  canceled: 2,
  ready: 3,
} as const;

/** virConnectDomainEventDiskChangeReason */
export const connectDomainEventDiskChangeReason = {
  changeMissingOnStart: 0,
  dropMissingOnStart: 1,
} as const;

/** virDomainEventTrayChangeReason */
export const domainEventTrayChangeReason = {
  open: 0,
  close: 1,
} as const;

/** virConnectDomainEventAgentLifecycleState */
export const connectDomainEventAgentLifecycleState = {
  connected: 1,
  disconnected: 2,
} as const;

/** virConnectDomainEventAgentLifecycleReason */
export const connectDomainEventAgentLifecycleReason = {
  unknown: 0,
  domainStarted: 1,
  channel: 2,
} as const;

/** virDomainEventID */
export const domainEventID = {
  lifecycle: 0,
  reboot: 1,
  rtcChange: 2,
  watchdog: 3,
  ioError: 4,
  graphics: 5,
  ioErrorReason: 6,
  controlError: 7,
  blockJob: 8,
  diskChange: 9,
  trayChange: 10,
  pmwakeup: 11,
  pmsuspend: 12,
  balloonChange: 13,
  pmsuspendDisk: 14,
  deviceRemoved: 15,
  blockJob2: 16,
  tunable: 17,
  agentLifecycle: 18,
  deviceAdded: 19,
  migrationIteration: 20,
  jobCompleted: 21,
  deviceRemovalFailed: 22,
  metadataChange: 23,
  blockThreshold: 24,
  memoryFailure: 25,
  memoryDeviceSizeChange: 26,
  nicMacChange: 27,
} as const;

/** virDomainConsoleFlags */
export const domainConsoleFlags = {
  force: 1,
  safe: 2,
} as const;

/** virDomainChannelFlags */
export const domainChannelFlags = {
  force: 1,
} as const;

/** virDomainOpenGraphicsFlags */
export const domainOpenGraphicsFlags = {
  skipauth: 1,
} as const;

/** virDomainSetTimeFlags */
export const domainSetTimeFlags = {
  sync: 1,
} as const;

/** virSchedParameterType */
export const schedParameterType = {
  int: 1,
  uint: 2,
  llong: 3,
  ullong: 4,
  double: 5,
  boolean: 6,
} as const;

/** virBlkioParameterType */
export const blkioParameterType = {
  int: 1,
  uint: 2,
  llong: 3,
  ullong: 4,
  double: 5,
  boolean: 6,
} as const;

/** virMemoryParameterType */
export const memoryParameterType = {
  int: 1,
  uint: 2,
  llong: 3,
  ullong: 4,
  double: 5,
  boolean: 6,
} as const;

/** virDomainInterfaceAddressesSource */
export const domainInterfaceAddressesSource = {
  lease: 0,
  agent: 1,
  arp: 2,
} as const;

/** virDomainSetUserPasswordFlags */
export const domainSetUserPasswordFlags = {
  encrypted: 1,
} as const;

/** virDomainLifecycle */
export const domainLifecycle = {
  poweroff: 0,
  reboot: 1,
  crash: 2,
} as const;

/** virDomainLifecycleAction */
export const domainLifecycleAction = {
  destroy: 0,
  restart: 1,
  restartRename: 2,
  preserve: 3,
  coredumpDestroy: 4,
  coredumpRestart: 5,
} as const;

/** virDomainGuestInfoTypes */
export const domainGuestInfoTypes = {
  users: 1,
  os: 2,
  timezone: 4,
  hostname: 8,
  filesystem: 16,
  disks: 32,
  interfaces: 64,
  load: 128,
} as const;

/** virDomainAgentResponseTimeoutValues */
export const domainAgentResponseTimeout = {
  block: -2,
  default: -1,
  nowait: 0,
} as const;

/** virDomainBackupBeginFlags */
export const domainBackupBeginFlags = {
  reuseExternal: 1,
} as const;

/** virDomainAuthorizedSSHKeysSetFlags */
export const domainAuthorizedSSHKeysSetFlags = {
  append: 1,
  remove: 2,
} as const;

/** virDomainMessageType */
export const domainMessageType = {
  deprecation: 1,
  tainting: 2,
  ioerrors: 4,
} as const;

/** virDomainDirtyRateStatus */
export const domainDirtyRateStatus = {
  unstarted: 0,
  measuring: 1,
  measured: 2,
} as const;

/** virDomainDirtyRateCalcFlags */
export const domainDirtyRateCalcFlags = {
  pageSampling: 0,
  dirtyBitmap: 1,
  dirtyRing: 2,
} as const;

/** virDomainFDAssociateFlags */
export const domainFDAssociateFlags = {
  restore: 1,
  writable: 2,
} as const;

/** virDomainGraphicsReloadType */
export const domainGraphicsReloadType = {
  any: 0,
  vnc: 1,
} as const;
