import { VirError } from '@modvirt/core/errors';
import { attr, children, element, string } from '@modvirt/core/xml';

/** What a parameter of QEMU's migration is. */
const PARAMETERS = {
  'compress-level': 'number',
  'compress-threads': 'number',
  'decompress-threads': 'number',
  'cpu-throttle-initial': 'number',
  'cpu-throttle-increment': 'number',
  'cpu-throttle-tailslow': 'boolean',
  'tls-creds': 'string',
  'tls-hostname': 'string',
  'max-bandwidth': 'number',
  'downtime-limit': 'number',
  'block-incremental': 'boolean',
  'xbzrle-cache-size': 'number',
  'max-postcopy-bandwidth': 'number',
  'multifd-channels': 'number',
  'multifd-compression': 'string',
  'multifd-zlib-level': 'number',
  'multifd-zstd-level': 'number',
  'multifd-qatzip-level': 'number',
  'avail-switchover-bandwidth': 'number',
} as const;
export type MigrationParameter = keyof typeof PARAMETERS;
type ParameterValue = bigint | boolean | string;

/** Parameters of a migration, in the order in which they are sent and kept. */
export type MigrationParams = ReadonlyMap<MigrationParameter, ParameterValue>;

const names = Object.keys(PARAMETERS) as readonly MigrationParameter[];

function isParameter(name: string): name is MigrationParameter {
  return Object.hasOwn(PARAMETERS, name);
}

/** What QEMU answered to `query-migrate-parameters`; what it knows and we do not is left out. */
export function paramsFromQmp(reply: Readonly<Record<string, unknown>>): MigrationParams {
  const found = names.flatMap((name) => {
    const value = reply[name];
    const fits =
      typeof value === PARAMETERS[name] || (typeof value === 'bigint' && PARAMETERS[name] === 'number');
    return fits
      ? [[name, typeof value === 'number' ? BigInt(value) : (value as ParameterValue)] as const]
      : [];
  });
  return new Map(found);
}

/** The arguments of `migrate-set-parameters`. */
export function paramsToQmp(params: MigrationParams): Readonly<Record<string, ParameterValue>> {
  return Object.fromEntries(names.flatMap((name) => entryOf(params, name)));
}

function entryOf(params: MigrationParams, name: MigrationParameter): [MigrationParameter, ParameterValue][] {
  const value = params.get(name);
  return value === undefined ? [] : [[name, value]];
}

const param = element('param', { name: attr(string), value: attr(string) });

/** `<migParams>` in status files: what was set before a migration changed it. */
export const migParams = element('migParams', { params: children(param) }, { whenEmpty: 'spread' });

interface WrittenParams {
  readonly params: readonly { readonly name: string; readonly value: string }[];
}

/** @throws VirError XML_ERROR for a parameter that is unknown, or a value that is none for it */
export function paramsFromXml({ params }: WrittenParams): MigrationParams {
  const read = params.map(({ name, value }) => {
    if (!isParameter(name)) throw VirError.of('XML_ERROR', `unknown migration parameter '${name}'`);
    return [name, parsedValue(name, value)] as const;
  });
  return new Map(read);
}

function parsedValue(name: MigrationParameter, text: string): ParameterValue {
  const type = PARAMETERS[name];
  if (type === 'string') return text;
  if (type === 'boolean' && (text === 'yes' || text === 'no')) return text === 'yes';
  if (type === 'number' && /^\d{1,20}$/.test(text)) return BigInt(text);
  throw VirError.of('XML_ERROR', `invalid value '${text}' for migration parameter '${name}'`);
}

export function paramsToXml(params: MigrationParams): WrittenParams {
  const written = names.flatMap((name) => entryOf(params, name));
  return { params: written.map(([name, value]) => ({ name, value: wordOf(value) })) };
}

function wordOf(value: ParameterValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
