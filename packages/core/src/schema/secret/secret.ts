import { VirError } from '../../errors/vir-error.js';
import type { Uuid } from '../../wire/uuid.js';
import { attr, leaf } from '../../xml/attribute.js';
import { formatLive, parseInactive } from '../../xml/context.js';
import { child, element, expectRoot, type Infer } from '../../xml/element.js';
import { optional, withDefault } from '../../xml/field.js';
import { readXml } from '../../xml/reader.js';
import { string, uuid, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { required } from '../refusals.js';

const usage = element(
  'usage',
  variants(
    'type',
    {
      none: {},
      volume: {
        volume: leaf(string, required('volume usage specified, but volume path is missing')),
      },
      ceph: { name: leaf(string, required('Ceph usage specified, but name is missing')) },
      iscsi: { target: leaf(string, required('iSCSI usage specified, but target is missing')) },
      tls: { name: leaf(string, required('TLS usage specified, but name is missing')) },
      vtpm: { name: leaf(string, required('vTPM usage specified, but name is missing')) },
    },
    {
      missing: () => VirError.of('XML_ERROR', 'unknown secret usage type'),
      unknown: (value) => VirError.of('XML_ERROR', `unknown secret usage type ${value}`),
    },
  ),
);

/** `<secret>`: what is known of a secret; its value is kept elsewhere. */
export const secretElement = element('secret', {
  ephemeral: withDefault(attr(yesNo), false),
  private: withDefault(attr(yesNo), false),
  uuid: optional(leaf(uuid, { invalid: () => VirError.of('XML_ERROR', 'malformed uuid element') })),
  description: optional(leaf(string)),
  usage: optional(child(usage)),
});

export type Secret = Infer<typeof secretElement> & { readonly uuid: Uuid };
export type SecretUsage = NonNullable<Secret['usage']>;

export interface ParseSecretOptions {
  newUuid(): Uuid;
  readonly validate?: boolean;
}

/** @throws VirError XML_DETAIL, XML_ERROR */
export function parseSecret(source: string, options: ParseSecretOptions): Secret {
  const root = readXml(source, { source: 'definition_of_secret', domain: 'SECRET' });
  const cx = { ...parseInactive, validate: options.validate === true };
  const written = secretElement.parse(expectRoot(root, 'secret'), cx);
  return { ...written, uuid: written.uuid ?? options.newUuid() };
}

export function formatSecret(secret: Secret): string {
  return secretElement.format(secret, formatLive);
}
