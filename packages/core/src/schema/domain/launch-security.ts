import { VirError } from '../../errors/vir-error.js';
import { attr, leaf } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { hex, hex64, string, uint, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';

const placement = { cbitpos: optional(leaf(uint())), reducedPhysBits: optional(leaf(uint())) };

const noPolicy = {
  missing: () => VirError.of('XML_ERROR', 'failed to get launch security policy'),
  invalid: () => VirError.of('XML_ERROR', 'failed to get launch security policy'),
};

/** `<launchSecurity>`: memory that the host cannot read. */
export const launchSecurity = element(
  'launchSecurity',
  variants('type', {
    sev: {
      kernelHashes: optional(attr(yesNo)),
      ...placement,
      policy: leaf(hex(4), noPolicy),
      dhCert: optional(leaf(string)),
      session: optional(leaf(string)),
    },
    'sev-snp': {
      kernelHashes: optional(attr(yesNo)),
      authorKey: optional(attr(yesNo)),
      vcek: optional(attr(yesNo)),
      ...placement,
      policy: leaf(hex64(8), noPolicy),
      guestVisibleWorkarounds: optional(leaf(string)),
      idBlock: optional(leaf(string)),
      idAuth: optional(leaf(string)),
      hostData: optional(leaf(string)),
    },
    's390-pv': {},
  }),
);
export type LaunchSecurity = Infer<typeof launchSecurity>;
