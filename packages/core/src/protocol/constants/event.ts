// Numbers of the public enums. Source: libvirt 11.3.0, libvirt-event.h.

/** virEventHandleType */
export const eventHandleType = {
  readable: 1,
  writable: 2,
  error: 4,
  hangup: 8,
} as const;
