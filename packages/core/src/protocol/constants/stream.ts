// Numbers of the public enums. Source: libvirt 11.3.0, libvirt-stream.h.

/** virStreamFlags */
export const streamFlags = {
  nonblock: 1,
} as const;

/** virStreamRecvFlagsValues */
export const streamRecvFlags = {
  stopAtHole: 1,
} as const;

/** virStreamEventType */
export const streamEventType = {
  readable: 1,
  writable: 2,
  error: 4,
  hangup: 8,
} as const;
