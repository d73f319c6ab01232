// Numbers of the public enums. Source: libvirt 11.3.0, libvirt-secret.h.

/** virSecretUsageType */
export const secretUsageType = {
  none: 0,
  volume: 1,
  ceph: 2,
  iscsi: 3,
  tls: 4,
  vtpm: 5,
} as const;

/** virConnectListAllSecretsFlags */
export const connectListAllSecretsFlags = {
  ephemeral: 1,
  noEphemeral: 2,
  private: 4,
  noPrivate: 8,
} as const;

/** virSecretDefineFlags */
export const secretDefineFlags = {
  validate: 1,
} as const;

/** virSecretEventID */
export const secretEventID = {
  lifecycle: 0,
  valueChanged: 1,
} as const;

/** virSecretEventLifecycleType */
export const secretEventLifecycleType = {
  defined: 0,
  undefined: 1,
} as const;
