// Numbers of the public enums. Source: libvirt 11.3.0, libvirt-admin.h.

/** virClientTransport */
export const clientTransport = {
  unix: 0,
  tcp: 1,
  tls: 2,
} as const;

/** virAdmConnectDaemonShutdownFlags */
export const admConnectDaemonShutdownFlags = {
  preserve: 1,
} as const;
