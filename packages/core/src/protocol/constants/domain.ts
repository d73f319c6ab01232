// Numbers of the public enums. Source: libvirt 11.3.0, libvirt-domain.h.

/** virDomainState */
export const domainState = {
  nostate: 0,
  running: 1,
  blocked: 2,
  paused: 3,
  shutdown: 4,
  shutoff: 5,
  crashed: 6,
  pmsuspended: 7,
} as const;

/** virDomainNostateReason */
export const domainNostateReason = {
  unknown: 0,
} as const;

/** virDomainRunningReason */
export const domainRunningReason = {
  unknown: 0,
  booted: 1,
  migrated: 2,
  restored: 3,
  fromSnapshot: 4,
  unpaused: 5,
  migrationCanceled: 6,
  saveCanceled: 7,
  wakeup: 8,
  crashed: 9,
  postcopy: 10,
  postcopyFailed: 11,
} as const;

/** virDomainBlockedReason */
export const domainBlockedReason = {
  unknown: 0,
} as const;

/** virDomainPausedReason */
export const domainPausedReason = {
  unknown: 0,
  user: 1,
  migration: 2,
  save: 3,
  dump: 4,
  ioerror: 5,
  watchdog: 6,
  fromSnapshot: 7,
  shuttingDown: 8,
  snapshot: 9,
  crashed: 10,
  startingUp: 11,
  postcopy: 12,
  postcopyFailed: 13,
  apiError: 14,
} as const;

/** virDomainShutdownReason */
export const domainShutdownReason = {
  unknown: 0,
  user: 1,
} as const;

/** virDomainShutoffReason */
export const domainShutoffReason = {
  unknown: 0,
  shutdown: 1,
  destroyed: 2,
  crashed: 3,
  migrated: 4,
  saved: 5,
  failed: 6,
  fromSnapshot: 7,
  daemon: 8,
} as const;

/** virDomainCrashedReason */
export const domainCrashedReason = {
  unknown: 0,
  panicked: 1,
} as const;

/** virDomainPMSuspendedReason */
export const domainPMSuspendedReason = {
  pmsuspendedUnknown: 0,
} as const;

/** virDomainPMSuspendedDiskReason */
export const domainPMSuspendedDiskReason = {
  pmsuspendedDiskUnknown: 0,
} as const;

/** virDomainControlState */
export const domainControlState = {
  ok: 0,
  job: 1,
  occupied: 2,
  error: 3,
} as const;

/** virDomainControlErrorReason */
export const domainControlErrorReason = {
  none: 0,
  unknown: 1,
  monitor: 2,
  internal: 3,
} as const;

/** virDomainModificationImpact */
export const domainModificationImpact = {
  current: 0,
  live: 1,
  config: 2,
} as const;

/** virDomainCreateFlags */
export const domainCreateFlags = {
  none: 0,
  startPaused: 1,
  startAutodestroy: 2,
  startBypassCache: 4,
  startForceBoot: 8,
  startValidate: 16,
  startResetNvram: 32,
} as const;

/** virDomainMemoryStatTags */
export const domainMemoryStatTags = {
  swapIn: 0,
  swapOut: 1,
  majorFault: 2,
  minorFault: 3,
  unused: 4,
  available: 5,
  actualBalloon: 6,
  rss: 7,
  usable: 8,
  lastUpdate: 9,
  diskCaches: 10,
  hugetlbPgalloc: 11,
  hugetlbPgfail: 12,
  nr: 13,
} as const;

/** virDomainCoreDumpFlags */
export const domainCoreDumpFlags = {
  crash: 1,
  live: 2,
  bypassCache: 4,
  reset: 8,
  memoryOnly: 16,
} as const;

/** virDomainCoreDumpFormat */
export const domainCoreDumpFormat = {
  raw: 0,
  kdumpZlib: 1,
  kdumpLzo: 2,
  kdumpSnappy: 3,
  winDmp: 4,
} as const;

/** virDomainMigrateFlags */
export const domainMigrateFlags = {
  live: 1,
  peer2peer: 2,
  tunnelled: 4,
  persistDest: 8,
  undefineSource: 16,
  paused: 32,
  nonSharedDisk: 64,
  nonSharedInc: 128,
  changeProtection: 256,
  unsafe: 512,
  offline: 1024,
  compressed: 2048,
  abortOnError: 4096,
  autoConverge: 8192,
  rdmaPinAll: 16384,
  postcopy: 32768,
  tls: 65536,
  parallel: 131072,
  nonSharedSynchronousWrites: 262144,
  postcopyResume: 524288,
  zerocopy: 1048576,
} as const;

/** virDomainMigrateMaxSpeedFlags */
export const domainMigrateMaxSpeedFlags = {
  postcopy: 1,
} as const;

/** virConnectGetDomainCapabilitiesFlags */
export const connectGetDomainCapabilitiesFlags = {
  disableDeprecatedFeatures: 1,
} as const;

/** virDomainShutdownFlagValues */
export const domainShutdownFlag = {
  default: 0,
  acpiPowerBtn: 1,
  guestAgent: 2,
  initctl: 4,
  signal: 8,
  paravirt: 16,
} as const;

/** virDomainRebootFlagValues */
export const domainRebootFlag = {
  default: 0,
  acpiPowerBtn: 1,
  guestAgent: 2,
  initctl: 4,
  signal: 8,
  paravirt: 16,
} as const;

/** virDomainDestroyFlagsValues */
export const domainDestroyFlags = {
  default: 0,
  graceful: 1,
  removeLogs: 2,
} as const;

/** virDomainSaveRestoreFlags */
export const domainSaveRestoreFlags = {
  bypassCache: 1,
  running: 2,
  paused: 4,
  resetNvram: 8,
} as const;

/** virDomainMemoryModFlags */
export const domainMemoryModFlags = {
  current: 0,
  live: 1,
  config: 2,
  maximum: 4,
} as const;

/** virDomainNumatuneMemMode */
export const domainNumatuneMemMode = {
  strict: 0,
  preferred: 1,
  interleave: 2,
  restrictive: 3,
} as const;

/** virDomainGetHostnameFlags */
export const domainGetHostnameFlags = {
  lease: 1,
  agent: 2,
} as const;

/** virDomainMetadataType */
export const domainMetadataType = {
  description: 0,
  title: 1,
  element: 2,
} as const;

/** virDomainXMLFlags */
export const domainXMLFlags = {
  secure: 1,
  inactive: 2,
  updateCpu: 4,
  migratable: 8,
} as const;

/** virDomainSaveImageXMLFlags */
export const domainSaveImageXMLFlags = {
  secure: 1,
} as const;

/** virDomainBlockResizeFlags */
export const domainBlockResizeFlags = {
  bytes: 1,
  capacity: 2,
} as const;

/** virDomainMemoryFlags */
export const domainMemoryFlags = {
  virtual: 1,
  physical: 2,
} as const;

/** virDomainDefineFlags */
export const domainDefineFlags = {
  validate: 1,
} as const;

/** virDomainUndefineFlagsValues */
export const domainUndefineFlags = {
  managedSave: 1,
  snapshotsMetadata: 2,
  nvram: 4,
  keepNvram: 8,
  checkpointsMetadata: 16,
  tpm: 32,
  keepTpm: 64,
} as const;

/** virConnectListAllDomainsFlags */
export const connectListAllDomainsFlags = {
  active: 1,
  inactive: 2,
  persistent: 4,
  transient: 8,
  running: 16,
  paused: 32,
  shutoff: 64,
  other: 128,
  managedsave: 256,
  noManagedsave: 512,
  autostart: 1024,
  noAutostart: 2048,
  hasSnapshot: 4096,
  noSnapshot: 8192,
  hasCheckpoint: 16384,
  noCheckpoint: 32768,
} as const;

/** virVcpuState */
export const vcpuState = {
  offline: 0,
  running: 1,
  blocked: 2,
} as const;

/** virVcpuHostCpuState */
export const vcpuHostCpuState = {
  offline: -1,
  unavailable: -2,
} as const;

/** virDomainVcpuFlags */
export const domainVcpuFlags = {
  current: 0,
  live: 1,
  config: 2,
  maximum: 4,
  guest: 8,
  hotpluggable: 16,
} as const;

/** virDomainDeviceModifyFlags */
export const domainDeviceModifyFlags = {
  current: 0,
  live: 1,
  config: 2,
  force: 4,
} as const;

/** virDomainStatsTypes */
export const domainStatsTypes = {
  state: 1,
  cpuTotal: 2,
  balloon: 4,
  vcpu: 8,
  interface: 16,
  block: 32,
  perf: 64,
  iothread: 128,
  memory: 256,
  dirtyrate: 512,
  vm: 1024,
} as const;

/** virConnectGetAllDomainStatsFlags */
export const connectGetAllDomainStatsFlags = {
  active: 1,
  inactive: 2,
  persistent: 4,
  transient: 8,
  running: 16,
  paused: 32,
  shutoff: 64,
  other: 128,
  nowait: 536870912,
  backing: 1073741824,
  enforceStats: 2147483648,
} as const;

/** virDomainBlockJobType */
export const domainBlockJobType = {
  unknown: 0,
  pull: 1,
  copy: 2,
  commit: 3,
  activeCommit: 4,
  backup: 5,
} as const;

/** virDomainBlockJobAbortFlags */
export const domainBlockJobAbortFlags = {
  async: 1,
  pivot: 2,
} as const;

/** virDomainBlockJobInfoFlags */
export const domainBlockJobInfoFlags = {
  bandwidthBytes: 1,
} as const;

/** virDomainBlockJobSetSpeedFlags */
export const domainBlockJobSetSpeedFlags = {
  bandwidthBytes: 1,
} as const;

/** virDomainBlockPullFlags */
export const domainBlockPullFlags = {
  bandwidthBytes: 64,
} as const;

/** virDomainBlockRebaseFlags */
export const domainBlockRebaseFlags = {
  shallow: 1,
  reuseExt: 2,
  copyRaw: 4,
  copy: 8,
  relative: 16,
  copyDev: 32,
  bandwidthBytes: 64,
} as const;

/** virDomainBlockCopyFlags */
export const domainBlockCopyFlags = {
  shallow: 1,
  reuseExt: 2,
  transientJob: 4,
  synchronousWrites: 8,
} as const;

/** virDomainBlockCommitFlags */
export const domainBlockCommitFlags = {
  shallow: 1,
  delete: 2,
  active: 4,
  relative: 8,
  bandwidthBytes: 16,
} as const;

/** virDomainDiskErrorCode */
export const domainDiskErrorCode = {
  none: 0,
  unspec: 1,
  noSpace: 2,
} as const;

/** virKeycodeSet */
export const keycodeSet = {
  linux: 0,
  xt: 1,
  atset1: 2,
  atset2: 3,
  atset3: 4,
  osx: 5,
  xtKbd: 6,
  usb: 7,
  win32: 8,
  qnum: 9,
} as const;

/** virDomainProcessSignal */
export const domainProcessSignal = {
  nop: 0,
  hup: 1,
  int: 2,
  quit: 3,
  ill: 4,
  trap: 5,
  abrt: 6,
  bus: 7,
  fpe: 8,
  kill: 9,
  usr1: 10,
  segv: 11,
  usr2: 12,
  pipe: 13,
  alrm: 14,
  term: 15,
  stkflt: 16,
  chld: 17,
  cont: 18,
  stop: 19,
  tstp: 20,
  ttin: 21,
  ttou: 22,
  urg: 23,
  xcpu: 24,
  xfsz: 25,
  vtalrm: 26,
  prof: 27,
  winch: 28,
  poll: 29,
  pwr: 30,
  sys: 31,
  rt0: 32,
  rt1: 33,
  rt2: 34,
  rt3: 35,
  rt4: 36,
  rt5: 37,
  rt6: 38,
  rt7: 39,
  rt8: 40,
  rt9: 41,
  rt10: 42,
  rt11: 43,
  rt12: 44,
  rt13: 45,
  rt14: 46,
  rt15: 47,
  rt16: 48,
  rt17: 49,
  rt18: 50,
  rt19: 51,
  rt20: 52,
  rt21: 53,
  rt22: 54,
  rt23: 55,
  rt24: 56,
  rt25: 57,
  rt26: 58,
  rt27: 59,
  rt28: 60,
  rt29: 61,
  rt30: 62,
  rt31: 63,
  rt32: 64,
} as const;

/** virDomainEventType */
export const domainEventType = {
  defined: 0,
  undefined: 1,
  started: 2,
  suspended: 3,
  resumed: 4,
  stopped: 5,
  shutdown: 6,
  pmsuspended: 7,
  crashed: 8,
} as const;

/** virDomainEventDefinedDetailType */
export const domainEventDefinedDetailType = {
  added: 0,
  updated: 1,
  renamed: 2,
  fromSnapshot: 3,
} as const;

/** virDomainEventUndefinedDetailType */
export const domainEventUndefinedDetailType = {
  removed: 0,
  renamed: 1,
} as const;
