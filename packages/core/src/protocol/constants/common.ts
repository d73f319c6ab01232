// Numbers of the public enums. Source: libvirt 11.3.0, libvirt-common.h.

/** virConnectCloseReason */
export const connectCloseReason = {
  error: 0,
  eof: 1,
  keepalive: 2,
  client: 3,
} as const;

/** virTypedParameterType */
export const typedParameterType = {
  int: 1,
  uint: 2,
  llong: 3,
  ullong: 4,
  double: 5,
  boolean: 6,
  string: 7,
} as const;

/** virTypedParameterFlags */
export const typedParameterFlags = {
  paramStringOkay: 4,
} as const;
