import { VirError } from '../../errors/vir-error.js';
import type { Uuid } from '../../wire/uuid.js';
import { attr, leaf } from '../../xml/attribute.js';
import { formatLive, parseInactive } from '../../xml/context.js';
import { child, element, expectRoot, type Infer } from '../../xml/element.js';
import { optional, withDefault } from '../../xml/field.js';
import { readXml } from '../../xml/reader.js';
import { string, uuid, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';

const lacks = (detail: string) => ({ missing: () => VirError.of('INTERNAL_ERROR', detail) });
const badTruth = (name: string) => ({
  invalid: () => VirError.of('XML_ERROR', `invalid value of '${name}'`),
});

const usage = element(
  'usage',
  variants(
    'type',
    {
      none: {},
      volume: {
        volume: leaf(string, lacks('volume usage specified, but volume path is missing')),
      },
      ceph: { name: leaf(string, lacks('Ceph usage specified, but name is missing')) },
      iscsi: { target: leaf(string, lacks('iSCSI usage specified, but target is missing')) },
      tls: { name: leaf(string, lacks('TLS usage specified, but name is missing')) },
      vtpm: { name: leaf(string, lacks('vTPM usage specified, but name is missing')) },
    },
    {
      missing: () => VirError.of('XML_ERROR', 'unknown secret usage type'),
      unknown: (value) => VirError.of('CONFIG_UNSUPPORTED', `unknown secret usage type ${value}`),
    },
  ),
);

/** `<secret>`: what is known of a secret; its value is kept elsewhere. */
export const secretElement = element('secret', {
  ephemeral: withDefault(attr(yesNo, badTruth('ephemeral')), false),
  private: withDefault(attr(yesNo, badTruth('private')), false),
  uuid: optional(leaf(uuid, { invalid: () => VirError.of('INTERNAL_ERROR', 'malformed uuid element') })),
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
