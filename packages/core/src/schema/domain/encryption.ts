import { attr } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, string, uint, uuid } from '../../xml/scalars.js';

/** `<secret>`: names a secret by UUID or usage. */
export const encryptionSecret = element('secret', {
  type: attr(oneOf('passphrase')),
  uuid: optional(attr(uuid)),
  usage: optional(attr(string)),
});

const cipher = element('cipher', {
  name: attr(string),
  size: attr(uint('bits')),
  mode: optional(attr(string)),
  hash: optional(attr(string)),
});
const ivgen = element('ivgen', { name: attr(string), hash: optional(attr(string)) });

/** `<encryption>` of a disk or volume. */
export const encryption = element('encryption', {
  format: attr(oneOf('default', 'qcow', 'luks', 'luks2', 'luks-any')),
  engine: optional(attr(oneOf('qemu', 'librbd'))),
  secrets: children(encryptionSecret),
  cipher: optional(child(cipher)),
  ivgen: optional(child(ivgen)),
});
export type Encryption = Infer<typeof encryption>;

const authSecret = element('secret', {
  type: attr(string),
  uuid: optional(attr(uuid)),
  usage: optional(attr(string)),
});

/** `<auth>`: the user and the secret for network storage. */
export const auth = element('auth', { username: attr(string), secret: child(authSecret) });
export type Auth = Infer<typeof auth>;
