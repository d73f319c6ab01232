import { VirError } from '../../errors/vir-error.js';
import type { Uuid } from '../../wire/uuid.js';
import { attr } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, string, uint, uuid } from '../../xml/scalars.js';
import { required } from '../refusals.js';

function checkSecret(value: { readonly uuid?: Uuid; readonly usage?: string }): void {
  if (value.uuid === undefined && value.usage === undefined) {
    throw VirError.of('XML_ERROR', 'missing secret uuid or usage attribute');
  }
}

/** `<secret>`: names a secret by UUID or usage. */
export const encryptionSecret = element(
  'secret',
  {
    type: attr(oneOf('passphrase'), {
      missing: () => VirError.of('XML_ERROR', 'unknown volume encryption secret type'),
      invalid: (value) => VirError.of('CONFIG_UNSUPPORTED', `unknown volume encryption secret type ${value}`),
    }),
    uuid: optional(attr(uuid)),
    usage: optional(attr(string)),
  },
  { check: checkSecret },
);

const cipher = element('cipher', {
  name: attr(string),
  size: attr(uint('bits')),
  mode: optional(attr(string)),
  hash: optional(attr(string)),
});
const ivgen = element('ivgen', { name: attr(string), hash: optional(attr(string)) });

/** `<encryption>` of a disk or volume. */
export const encryption = element(
  'encryption',
  {
    format: attr(oneOf('default', 'qcow', 'luks', 'luks2', 'luks-any'), {
      missing: () => VirError.of('XML_ERROR', 'unknown volume encryption format'),
      invalid: (value) => VirError.of('CONFIG_UNSUPPORTED', `unknown volume encryption format type ${value}`),
    }),
    engine: optional(attr(oneOf('qemu', 'librbd'))),
    secrets: children(encryptionSecret),
    cipher: optional(child(cipher)),
    ivgen: optional(child(ivgen)),
  },
  { whenEmpty: 'spread' },
);
export type Encryption = Infer<typeof encryption>;

const authSecret = element(
  'secret',
  {
    type: attr(oneOf('ceph', 'iscsi', 'volume', 'tls', 'vtpm', 'none'), {
      missing: () => VirError.of('CONFIG_UNSUPPORTED', "unknown secret type '<null>'"),
      invalid: (value) => VirError.of('CONFIG_UNSUPPORTED', `unknown secret type '${value}'`),
    }),
    uuid: optional(attr(uuid)),
    usage: optional(attr(string)),
  },
  { check: checkSecret },
);

/** `<auth>`: the user and the secret for network storage. */
export const auth = element('auth', {
  username: attr(string, required('missing username for auth')),
  secret: child(authSecret, required('Missing <secret> element in auth')),
});
export type Auth = Infer<typeof auth>;
