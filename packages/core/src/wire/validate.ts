import type { Arms, Fields, WireType } from './types.js';
import { isUuid, parseUuid } from './uuid.js';
import { WireFormatError } from './wire-error.js';

/** Checks a value that came from outside, and returns it in its canonical form. */
export type Check = (value: unknown) => unknown;
type At = (value: unknown, path: string) => unknown;

/**
 * A check of `fields`: exactly these keys, each of its type and within its limits; 64-bit integers may come as numbers and
 * leave as bigint. Build once, use often.
 *
 * @throws WireFormatError that names the place
 */
export function validator(fields: Fields): Check {
  const check = fieldsCheck(fields);
  return (value) => check(value, '');
}

function fail(path: string, expected: string, value: unknown): never {
  const shown = typeof value === 'string' ? `'${value.slice(0, 40)}'` : describe(value);
  throw new WireFormatError(`${path === '' ? 'value' : path.slice(1)} is not ${expected}: ${shown}`);
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value);
  return Array.isArray(value) ? 'an array' : 'an object';
}

function fieldsCheck(fields: Fields): At {
  const names = Object.keys(fields);
  const checks = names.map((name) => checkOf(fields[name] as WireType));
  return (value, path) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) fail(path, 'an object', value);
    const given = value as Record<string, unknown>;
    const result: Record<string, unknown> = {};
    let count = 0;
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      if (!Object.hasOwn(given, name)) fail(`${path}.${name}`, 'there', undefined);
      result[name] = (checks[i] as At)(given[name], `${path}.${name}`);
      count++;
    }
    for (const name in given) {
      if (!Object.hasOwn(fields, name)) fail(`${path}.${name}`, 'declared', given[name]);
      count--;
    }
    if (count !== 0) fail(path, 'an object with plain keys', value);
    return result;
  };
}

function integer(least: number, most: number, name: string): At {
  return (value, path) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    return fail(path, name, value);
  };
}

function big(least: bigint, most: bigint, name: string): At {
  return (value, path) => {
    const whole = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
    if (typeof whole === 'bigint' && whole >= least && whole <= most) return whole;
    return fail(path, name, value);
  };
}

const INT = integer(-(2 ** 31), 2 ** 31 - 1, 'an int');
const UINT = integer(0, 2 ** 32 - 1, 'an unsigned int');
const HYPER = big(-(2n ** 63n), 2n ** 63n - 1n, 'a 64-bit integer');
const UHYPER = big(0n, 2n ** 64n - 1n, 'an unsigned 64-bit integer');

function checkOf(type: WireType): At {
  switch (type.kind) {
    case 'int':
      return INT;
    case 'uint':
      return UINT;
    case 'hyper':
      return HYPER;
    case 'uhyper':
      return UHYPER;
    case 'double':
      return (value, path) => (typeof value === 'number' ? value : fail(path, 'a number', value));
    case 'string':
      return textCheck(type.max);
    case 'chars':
      return textCheck(type.max);
    case 'uuid':
      return uuidCheck;
    case 'bytes':
      return bytesCheck(type.max);
    case 'optional':
      return optionalCheck(checkOf(type.of));
    case 'array':
      return arrayCheck(checkOf(type.of), type.max);
    case 'struct':
      return fieldsCheck(type.fields);
    case 'union':
      return unionCheck(type.arms);
  }
}

function textCheck(max: number): At {
  return (value, path) =>
    typeof value === 'string' && value.length <= max
      ? value
      : fail(path, `a string of at most ${max}`, value);
}

const uuidCheck: At = (value, path) => {
  if (typeof value !== 'string') return fail(path, 'a UUID', value);
  if (isUuid(value)) return value;
  const uuid = value.length === 36 ? parseUuid(value) : undefined;
  return uuid ?? fail(path, 'a UUID', value);
};

function bytesCheck(max: number): At {
  return (value, path) =>
    value instanceof Uint8Array && value.length <= max ? value : fail(path, `at most ${max} bytes`, value);
}

function optionalCheck(of: At): At {
  return (value, path) => (value === null || value === undefined ? null : of(value, path));
}

function arrayCheck(of: At, max: number): At {
  return (value, path) => {
    if (!Array.isArray(value) || value.length > max) fail(path, `an array of at most ${max}`, value);
    const list = value as unknown[];
    return list.map((element, i) => of(element, `${path}[${i}]`));
  };
}

function unionCheck(arms: Arms): At {
  const checks = new Map(Object.entries(arms).map(([name, arm]) => [name, checkOf(arm.of)]));
  return (value, path) => {
    if (value === null || typeof value !== 'object') fail(path, 'a variant', value);
    const { type, value: inner, ...rest } = value as { type?: unknown; value?: unknown };
    const check = typeof type === 'string' ? checks.get(type) : undefined;
    if (check === undefined || Object.keys(rest).length > 0)
      return fail(`${path}.type`, 'a known variant', type);
    return { type, value: check(inner, `${path}.value`) };
  };
}
