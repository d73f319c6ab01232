// Numbers of the public enums. Source: libvirt 11.3.0, libvirt-host.h.

/** virNodeSuspendTarget */
export const nodeSuspendTarget = {
  mem: 0,
  disk: 1,
  hybrid: 2,
} as const;

/** virNodeGetCPUStatsAllCPUs */
export const nodeGetCPUStatsAllCPUs = {
  cpus: -1,
} as const;

/** virNodeGetMemoryStatsAllCells */
export const nodeGetMemoryStatsAllCells = {
  cells: -1,
} as const;

/** virConnectFlags */
export const connectFlags = {
  ro: 1,
  noAliases: 2,
} as const;

/** virConnectCredentialType */
export const connectCredentialType = {
  username: 1,
  authname: 2,
  language: 3,
  cnonce: 4,
  passphrase: 5,
  echoprompt: 6,
  noechoprompt: 7,
  realm: 8,
  external: 9,
} as const;

/** virCPUCompareResult */
export const cPUCompareResult = {
  error: -1,
  incompatible: 0,
  identical: 1,
  superset: 2,
} as const;

/** virConnectCompareCPUFlags */
export const connectCompareCPUFlags = {
  failIncompatible: 1,
  validateXml: 2,
} as const;

/** virConnectBaselineCPUFlags */
export const connectBaselineCPUFlags = {
  expandFeatures: 1,
  migratable: 2,
} as const;

/** virNodeAllocPagesFlags */
export const nodeAllocPagesFlags = {
  add: 0,
  set: 1,
} as const;
