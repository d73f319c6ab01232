// Numbers of the public enums. Source: libvirt 11.3.0, libvirt-interface.h.

/** virConnectListAllInterfacesFlags */
export const connectListAllInterfacesFlags = {
  inactive: 1,
  active: 2,
} as const;

/** virInterfaceXMLFlags */
export const interfaceXMLFlags = {
  inactive: 1,
} as const;

/** virInterfaceDefineFlags */
export const interfaceDefineFlags = {
  validate: 1,
} as const;
