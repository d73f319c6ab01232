// Numbers of the public enums. Source: libvirt 11.3.0, libvirt-domain-checkpoint.h.

/** virDomainCheckpointCreateFlags */
export const domainCheckpointCreateFlags = {
  redefine: 1,
  quiesce: 2,
  redefineValidate: 4,
} as const;

/** virDomainCheckpointXMLFlags */
export const domainCheckpointXMLFlags = {
  secure: 1,
  noDomain: 2,
  size: 4,
} as const;

/** virDomainCheckpointListFlags */
export const domainCheckpointListFlags = {
  roots: 1,
  descendants: 1,
  topological: 2,
  leaves: 4,
  noLeaves: 8,
} as const;

/** virDomainCheckpointDeleteFlags */
export const domainCheckpointDeleteFlags = {
  children: 1,
  metadataOnly: 2,
  childrenOnly: 4,
} as const;
