import {
  type Arbitrary,
  array as arrays,
  bigInt,
  double,
  integer,
  oneof,
  option,
  record,
  string,
  uint8Array,
} from 'fast-check';
import type { Fields, WireType } from '../wire/types.js';
import { uuidFromBytes } from '../wire/uuid.js';

// Any value of a wire type, for laws that hold for all of them.

const INT = { min: -(2 ** 31), max: 2 ** 31 - 1 };
const UINT = { min: 0, max: 2 ** 32 - 1 };
const LONGEST = 40;
const least = (max: number, most = LONGEST): number => Math.min(max, most);
/** Strings as they may come: ASCII short and long, and what takes more than one byte. */
const anyText = (max: number): Arbitrary<string> =>
  oneof(
    string({ maxLength: least(max, 100) }),
    string({ unit: 'binary', maxLength: Math.floor(least(max, 30) / 4) }),
  );

export function arbitraryOf(type: WireType): Arbitrary<unknown> {
  switch (type.kind) {
    case 'int':
      return integer(INT);
    case 'uint':
      return integer(UINT);
    case 'hyper':
      return bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case 'uhyper':
      return bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case 'double':
      return double({ noNaN: true });
    case 'string':
      return anyText(type.max);
    case 'uuid':
      return uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => uuidFromBytes(bytes));
    case 'bytes':
      return uint8Array({ maxLength: least(type.max) });
    case 'chars':
      return charsOf(type.max, type.fixed);
    case 'optional':
      return option(arbitraryOf(type.of));
    case 'array':
      return arrays(arbitraryOf(type.of), { maxLength: least(type.max, 3) });
    case 'struct':
      return arbitraryFields(type.fields);
    case 'union': {
      const arms = Object.entries(type.arms).map(([name, arm]) =>
        arbitraryOf(arm.of).map((value) => ({ type: name, value })),
      );
      return oneof(...arms);
    }
  }
}

/** Characters are single bytes; a fixed array ends at the first NUL. */
function charsOf(max: number, fixed: boolean): Arbitrary<string> {
  return arrays(integer({ min: fixed ? 1 : 0, max: 255 }), { maxLength: least(max) }).map((codes) =>
    String.fromCharCode(...codes),
  );
}

export function arbitraryFields(fields: Fields): Arbitrary<Record<string, unknown>> {
  const entries = Object.entries(fields).map(([name, type]) => [name, arbitraryOf(type)] as const);
  return record(Object.fromEntries(entries), { noNullPrototype: true });
}
