// Numbers of the public enums. Source: libvirt 11.3.0, libvirt-nwfilter.h.

/** virNWFilterDefineFlags */
export const nWFilterDefineFlags = {
  nwfilterDefineValidate: 1,
} as const;

/** virNWFilterBindingCreateFlags */
export const nWFilterBindingCreateFlags = {
  nwfilterBindingCreateValidate: 1,
} as const;
