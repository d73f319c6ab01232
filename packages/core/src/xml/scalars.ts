import { parseUuid, type Uuid } from '../wire/uuid.js';
import type { ScalarShape } from './shape.js';

/** A value that stands in an attribute or as an element's text. */
export interface Scalar<T> {
  readonly shape: ScalarShape;
  /** Ends the message about a bad value: ` Expected …`, or nothing. */
  readonly expected: string;
  /** What to say of a bad value in place of the value and `expected`; undefined for the usual. */
  complaint?(text: string): string | undefined;
  /** Undefined when the text is no such value. */
  parse(text: string): T | undefined;
  format(value: T): string;
}

export const string: Scalar<string> = {
  shape: { type: 'string' },
  expected: '',
  parse: (text) => text,
  format: (value) => value,
};

/** One of some words. */
export function oneOf<const W extends readonly string[]>(...words: W): Scalar<W[number]> {
  const known: ReadonlySet<string> = new Set(words);
  const isWord = (text: string): text is W[number] => known.has(text);
  return {
    shape: { type: 'choice', values: words },
    expected: '',
    parse: (text) => (isWord(text) ? text : undefined),
    format: (value) => value,
  };
}

function truth(yes: string, no: string): Scalar<boolean> {
  return {
    shape: { type: 'boolean', words: [yes, no] },
    expected: '',
    parse: (text) => (text === yes ? true : text === no ? false : undefined),
    format: (value) => (value ? yes : no),
  };
}

export const onOff: Scalar<boolean> = truth('on', 'off');
export const yesNo: Scalar<boolean> = truth('yes', 'no');
export const allowDeny: Scalar<boolean> = truth('allow', 'deny');
export const enabledDisabled: Scalar<boolean> = truth('enabled', 'disabled');
export const trueFalse: Scalar<boolean> = truth('true', 'false');

const UNSIGNED = /^\s*\+?(\d+)$/;
const SIGNED = /^\s*([+-]?\d+)$/;
const ANY_BASE = /^\s*\+?(0[xX][\da-fA-F]+|\d+)$/;

/** A 32-bit number, decimal. `unit` is for the reference only. */
export function uint(unit?: string): Scalar<number> {
  return {
    shape: { type: 'integer', signed: false, bits: 32, unit },
    expected: ' Expected non-negative integer value',
    parse(text) {
      const digits = UNSIGNED.exec(text)?.[1];
      if (digits === undefined || digits.length > 20) return undefined;
      const value = Number(digits);
      return value <= 0xffff_ffff ? value : undefined;
    },
    format: String,
  };
}

/** A 64-bit number, decimal. */
export function uint64(unit?: string): Scalar<bigint> {
  return {
    shape: { type: 'integer', signed: false, bits: 64, unit },
    expected: ' Expected non-negative integer value',
    parse(text) {
      const digits = UNSIGNED.exec(text)?.[1];
      if (digits === undefined || digits.length > 40) return undefined;
      const value = BigInt(digits);
      return value <= 0xffff_ffff_ffff_ffffn ? value : undefined;
    },
    format: String,
  };
}

/** A signed 32-bit number, decimal. */
export function int(unit?: string): Scalar<number> {
  return {
    shape: { type: 'integer', signed: true, bits: 32, unit },
    expected: ' Expected integer value',
    parse(text) {
      const digits = SIGNED.exec(text)?.[1];
      const value = Number(digits);
      return digits !== undefined && value >= -0x8000_0000 && value <= 0x7fff_ffff ? value : undefined;
    },
    format: String,
  };
}

/** A signed 32-bit number that may not be negative. */
export const natural: Scalar<number> = {
  ...int(),
  complaint(text) {
    const value = int().parse(text);
    return value !== undefined && value < 0 ? `'${text}'. Expected non-negative value` : undefined;
  },
  parse(text) {
    const value = int().parse(text);
    return value !== undefined && value >= 0 ? value : undefined;
  },
};

/** A signed 64-bit number, decimal. */
export function int64(unit?: string): Scalar<bigint> {
  return {
    shape: { type: 'integer', signed: true, bits: 64, unit },
    expected: ' Expected integer value',
    parse(text) {
      const digits = SIGNED.exec(text)?.[1];
      if (digits === undefined || digits.length > 40) return undefined;
      const value = BigInt(digits);
      return BigInt.asIntN(64, value) === value ? value : undefined;
    },
    format: String,
  };
}

/** Written in any base that C knows (`0x1f`, `037`, `31`). */
export function parseAnyBase(text: string): bigint | undefined {
  const digits = ANY_BASE.exec(text)?.[1];
  if (digits === undefined || digits.length > 40) return undefined;
  if (digits.length > 1 && digits.startsWith('0') && !/^0[xX]/.test(digits)) {
    return /^[0-7]+$/.test(digits) ? BigInt(`0o${digits}`) : undefined;
  }
  return BigInt(digits);
}

/** A number read in any base and printed as `0x` and `digits` hexadecimal digits (0: as many as there are). */
export function hex(digits: number, max = 0xffff_ffff): Scalar<number> {
  return {
    shape: { type: 'string', pattern: '(0x)?[0-9a-fA-F]{1,16}' },
    expected: ' Expected non-negative integer value',
    parse(text) {
      const value = parseAnyBase(text);
      return value !== undefined && value <= BigInt(max) ? Number(value) : undefined;
    },
    format: (value) => `0x${value.toString(16).padStart(digits, '0')}`,
  };
}

/** As `hex`, for 64 bits. */
export function hex64(digits = 0): Scalar<bigint> {
  return {
    shape: { type: 'string', pattern: '(0x)?[0-9a-fA-F]{1,16}' },
    expected: ' Expected non-negative integer value',
    parse(text) {
      const value = parseAnyBase(text);
      return value !== undefined && value <= 0xffff_ffff_ffff_ffffn ? value : undefined;
    },
    format: (value) => `0x${value.toString(16).padStart(digits, '0')}`,
  };
}

/** The same scalar, zero refused. */
export function nonZero<T extends number | bigint>(scalar: Scalar<T>): Scalar<T> {
  const isZero = (value: T | undefined) => value !== undefined && Number(value) === 0;
  return {
    ...scalar,
    complaint: (text) => (isZero(scalar.parse(text)) ? 'Zero is not permitted' : undefined),
    parse(text) {
      const value = scalar.parse(text);
      return isZero(value) ? undefined : value;
    },
  };
}

export const uuid: Scalar<Uuid> = {
  shape: { type: 'string', pattern: '[0-9a-fA-F-]{32,36}' },
  expected: ' Expected UUID',
  parse: parseUuid,
  format: (value) => value,
};
