// Numbers of the public enums. Source: libvirt 11.3.0, libvirt-qemu.h.

/** virDomainQemuMonitorCommandFlags */
export const domainQemuMonitorCommandFlags = {
  default: 0,
  hmp: 1,
} as const;

/** virDomainQemuAgentCommandTimeoutValues */
export const domainQemuAgentCommandTimeout = {
  min: -2,
  block: -2,
  default: -1,
  nowait: 0,
  shutdown: 60,
} as const;

/** virConnectDomainQemuMonitorEventRegisterFlags */
export const connectDomainQemuMonitorEventRegisterFlags = {
  regex: 1,
  nocase: 2,
} as const;
