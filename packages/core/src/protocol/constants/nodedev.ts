// Numbers of the public enums. Source: libvirt 11.3.0, libvirt-nodedev.h.

/** virConnectListAllNodeDeviceFlags */
export const connectListAllNodeDeviceFlags = {
  capSystem: 1,
  capPciDev: 2,
  capUsbDev: 4,
  capUsbInterface: 8,
  capNet: 16,
  capScsiHost: 32,
  capScsiTarget: 64,
  capScsi: 128,
  capStorage: 256,
  capFcHost: 512,
  capVports: 1024,
  capScsiGeneric: 2048,
  capDrm: 4096,
  capMdevTypes: 8192,
  capMdev: 16384,
  capCcwDev: 32768,
  capCssDev: 65536,
  capVdpa: 131072,
  capApCard: 262144,
  capApQueue: 524288,
  capApMatrix: 1048576,
  capVpd: 2097152,
  capCcwgroupDev: 4194304,
  capCcwgroupMember: 8388608,
  persistent: 268435456,
  transient: 536870912,
  inactive: 1073741824,
  active: 2147483648,
} as const;

/** virNodeDeviceXMLFlags */
export const nodeDeviceXMLFlags = {
  inactive: 1,
} as const;

/** virNodeDeviceCreateXMLFlags */
export const nodeDeviceCreateXMLFlags = {
  validate: 1,
} as const;

/** virNodeDeviceDefineXMLFlags */
export const nodeDeviceDefineXMLFlags = {
  validate: 1,
} as const;

/** virNodeDeviceUpdateFlags */
export const nodeDeviceUpdateFlags = {
  current: 0,
  live: 1,
  config: 2,
} as const;

/** virNodeDeviceEventID */
export const nodeDeviceEventID = {
  lifecycle: 0,
  update: 1,
} as const;

/** virNodeDeviceEventLifecycleType */
export const nodeDeviceEventLifecycleType = {
  created: 0,
  deleted: 1,
  defined: 2,
  undefined: 3,
} as const;
