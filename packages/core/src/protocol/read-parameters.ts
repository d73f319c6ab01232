import type { ErrorDomain } from '../errors/domains.js';
import { VirError } from '../errors/vir-error.js';
import type { TypedParameter, TypedValue } from './typed-parameter.js';

type TypeName = TypedValue['type'];
/** What a procedure accepts, by name. With brackets a parameter may occur more than once. */
export type ParameterTypes = { readonly [field: string]: TypeName | `${TypeName}[]` };
type ValueOfType<T extends TypeName> = T extends 'boolean'
  ? boolean
  : Extract<TypedValue, { readonly type: T }>['value'];
type ParameterValue<T> = T extends `${infer U extends TypeName}[]`
  ? readonly ValueOfType<U>[]
  : T extends TypeName
    ? ValueOfType<T>
    : never;
export type ParameterValues<T extends ParameterTypes> = { readonly [K in keyof T]?: ParameterValue<T[K]> };

/**
 * Typed parameters that a client sent, by name; truth values as such.
 *
 * @throws VirError as libvirt words it, for an unknown name, another type, or a name that occurs twice
 */
export function readParameters<const T extends ParameterTypes>(
  parameters: readonly TypedParameter[],
  types: T,
  domain: ErrorDomain = 'NONE',
): ParameterValues<T> {
  const values: Record<string, unknown> = {};
  for (const { field, value } of parameters) {
    const declared = Object.hasOwn(types, field) ? types[field] : undefined;
    if (declared === undefined)
      throw VirError.of('ARGUMENT_UNSUPPORTED', `parameter '${field}' not supported`, { domain });
    const isList = declared.endsWith('[]');
    const expected = isList ? declared.slice(0, -2) : declared;
    if (value.type !== expected) {
      const detail = `invalid type '${value.type}' for parameter '${field}', expected '${expected}'`;
      throw VirError.of('INVALID_ARG', detail, { domain });
    }
    const plain = value.type === 'boolean' ? value.value !== 0 : value.value;
    if (!isList && Object.hasOwn(values, field))
      throw VirError.of('INVALID_ARG', `parameter '${field}' occurs multiple times`, { domain });
    values[field] = isList ? [...((values[field] as unknown[] | undefined) ?? []), plain] : plain;
  }
  return values as ParameterValues<T>;
}
