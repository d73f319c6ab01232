import { VirError } from '../../errors/vir-error.js';
import { attr, flag } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, string, uint, uuid, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { required } from '../refusals.js';
import { deviceInfo } from './device-info.js';

const version = optional(attr(oneOf('1.2', '2.0'), { absent: 'default' }));

const profile = element('profile', {
  source: optional(attr(string)),
  removeDisabled: optional(attr(oneOf('check', 'fips-host'))),
  name: optional(attr(string)),
});

const stateSource = element('source', {
  type: attr(oneOf('file', 'dir')),
  path: attr(string),
});

const externalSource = element('source', {
  type: attr(oneOf('unix')),
  mode: optional(attr(oneOf('connect'))),
  path: attr(string),
});

const banks = element('active_pcr_banks', {
  sha1: flag(),
  sha256: flag(),
  sha384: flag(),
  sha512: flag(),
});

const badSecret = {
  invalid: (value: string) => VirError.of('INTERNAL_ERROR', `Unable to parse secret uuid '${value}'`),
};

const backend = element(
  'backend',
  variants('type', {
    passthrough: {
      device: optional(child(element('device', { path: optional(attr(string)) }))),
    },
    emulator: {
      version,
      persistent_state: optional(attr(yesNo)),
      debug: optional(attr(uint(), { absent: '0' })),
      encryption: optional(child(element('encryption', { secret: attr(uuid, badSecret) }))),
      active_pcr_banks: optional(child(banks)),
      source: optional(child(stateSource)),
      profile: optional(child(profile)),
    },
    external: { source: optional(child(externalSource)) },
  }),
);

/** `<tpm>`: a trusted platform module. */
export const tpm = element('tpm', {
  model: optional(attr(oneOf('tpm-tis', 'tpm-crb', 'tpm-spapr', 'spapr-tpm-proxy'), { absent: 'default' })),
  backend: child(backend, required('missing TPM device backend')),
  ...deviceInfo,
});
export type Tpm = Infer<typeof tpm>;
