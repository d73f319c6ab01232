import { type ConfigValues, flagKey, textKey } from './config-key.js';

// Keys of lxc.conf. Names, types and defaults are libvirt's. No security module labels containers here.

const later = { actedOn: false } as const;

export const lxcKeys = {
  log_with_libvirtd: flagKey({
    ...later,
    default: false,
    doc: "Write what supervisors say into the daemon's log rather than the container's own.",
  }),
  security_driver: textKey({
    ...later,
    default: undefined,
    doc: 'Security module that labels containers.',
  }),
  security_default_confined: flagKey({
    ...later,
    default: true,
    doc: 'Label containers that do not say whether they want it.',
  }),
  security_require_confined: flagKey({
    ...later,
    default: false,
    doc: 'Refuse containers that ask not to be labelled.',
  }),
} as const;

export type LxcConfig = ConfigValues<typeof lxcKeys>;
