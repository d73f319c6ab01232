import { assert, nat, property, uint8Array } from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, test } from 'vitest';
import { adminProgram, lxcProgram, qemuProgram, remoteProgram } from '../protocol/programs.js';
import { arbitraryFields } from '../testing/wire-arbitrary.js';
import type { Fields } from './types.js';
import { array, bytes, chars, fixedChars, int, optionalText, struct, text, uuid } from './types.js';
import { validator } from './validate.js';
import { WireFormatError } from './wire-error.js';
import { xdrCodec } from './xdr-codec.js';
import { XdrReader } from './xdr-reader.js';
import { XdrWriter } from './xdr-writer.js';

const LIMIT = 1 << 20;
const programs = [remoteProgram, qemuProgram, lxcProgram, adminProgram];

function encoded(fields: Fields, values: unknown): Uint8Array {
  const to = new XdrWriter(LIMIT);
  xdrCodec(fields).encode(values, to);
  return to.bytes();
}

/** Every distinct shape of arguments, results and messages, with a name of one that has it. */
function shapes(): [string, Fields][] {
  const byShape = new Map<string, [string, Fields]>();
  const note = (name: string, fields: Fields): void => {
    const shape = JSON.stringify(fields);
    if (!byShape.has(shape)) byShape.set(shape, [name, fields]);
  };
  for (const program of programs) {
    for (const [name, row] of Object.entries(program.procedures)) {
      note(`${program.name} ${name} args`, row.args);
      note(`${program.name} ${name} returns`, row.returns);
    }
    for (const [name, row] of Object.entries(program.events)) note(`${program.name} ${name}`, row.message);
  }
  return [...byShape.values()];
}

describe('every shape of the protocol', () => {
  const all = shapes();
  const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'bigint' });

  test('is looked at', () => expect(all.length).toBeGreaterThan(200));

  test('gives back by XDR and by msgpack the value that went in', () => {
    for (const [name, fields] of all) {
      const codec = xdrCodec(fields);
      const check = validator(fields);
      const law = property(arbitraryFields(fields), (values) => {
        const byXdr = codec.decodeWhole(encoded(fields, values));
        const byMsgpack = check(packr.unpack(packr.pack(values)));
        expect(byXdr, name).toEqual(values);
        expect(encoded(fields, byMsgpack), name).toEqual(encoded(fields, values));
      });
      assert(law, { numRuns: 6, seed: 1 });
    }
  });

  test('with a byte changed is decoded or refused, whatever it is', () => {
    for (const [name, fields] of all) {
      const codec = xdrCodec(fields);
      const law = property(arbitraryFields(fields), nat(), nat(255), (values, place, byte) => {
        const bytes = encoded(fields, values);
        if (bytes.length > 0) bytes[place % bytes.length] = byte;
        try {
          expect(codec.decodeWhole(bytes)).toBeTypeOf('object');
        } catch (error) {
          expect(error, name).toBeInstanceOf(WireFormatError);
        }
      });
      assert(law, { numRuns: 8, seed: 5 });
    }
  });

  test('refuses rubbish with a WireFormatError and nothing else', () => {
    for (const [, fields] of all) {
      const codec = xdrCodec(fields);
      const law = property(uint8Array({ maxLength: 200 }), (rubbish) => {
        try {
          codec.decodeWhole(rubbish);
        } catch (error) {
          expect(error).toBeInstanceOf(WireFormatError);
        }
      });
      assert(law, { numRuns: 10, seed: 2 });
    }
  });
});

describe('XDR', () => {
  test('refuses bytes that are left over', () => {
    const codec = xdrCodec({ a: int });
    expect(() => codec.decodeWhole(new Uint8Array(8))).toThrow(/4 bytes too many/);
  });

  test('refuses a message that ends too early', () => {
    const whole = encoded({ a: text, b: int }, { a: 'abcdef', b: 1 });
    for (let length = 0; length < whole.length; length++) {
      expect(() => xdrCodec({ a: text, b: int }).decodeWhole(whole.subarray(0, length))).toThrow(
        WireFormatError,
      );
    }
  });

  test('keeps limits in both directions', () => {
    const small = { list: array(int, 2), data: bytes(3), name: chars(2), label: fixedChars(4) };
    const values = { list: [1], data: new Uint8Array(1), name: 'a', label: 'abcd' };
    const tooMuch = [{ list: [1, 2, 3] }, { data: new Uint8Array(4) }, { name: 'abc' }, { label: 'abcde' }];
    for (const one of tooMuch) {
      expect(() => encoded(small, { ...values, ...one }), JSON.stringify(one)).toThrow(WireFormatError);
    }
    const wide = { list: array(int, 9), data: bytes(9), name: chars(9), label: fixedChars(4) };
    for (const one of tooMuch.slice(0, 3)) {
      expect(() => xdrCodec(small).decodeWhole(encoded(wide, { ...values, ...one }))).toThrow(
        WireFormatError,
      );
    }
  });

  test('keeps the limit of strings, in bytes', () => {
    const to = new XdrWriter(LIMIT);
    for (const [text, max] of [
      ['abc', 2],
      ['ä', 1],
      ['x'.repeat(100), 99],
      ['ä'.repeat(100), 199],
    ] as const) {
      expect(() => to.string(text, max), text).toThrow(WireFormatError);
    }
    to.string('ä'.repeat(100), 200);
    expect(new XdrReader(to.bytes()).string(200)).toBe('ä'.repeat(100));
  });

  test('does not believe a length that the message cannot hold', () => {
    const lie = new Uint8Array([0, 0, 0x40, 0]);
    expect(() => xdrCodec({ list: array(struct({ id: uuid }), 16384) }).decodeWhole(lie)).toThrow(
      /too early/,
    );
  });

  test('tells an absent string from an empty one', () => {
    expect(encoded({ a: optionalText }, { a: null })).toHaveLength(4);
    expect(encoded({ a: optionalText }, { a: '' })).toHaveLength(8);
  });

  test('pads with zeros even where a longer text stood before', () => {
    const to = new XdrWriter(LIMIT, 4);
    to.string('abcde', 10);
    expect([...to.bytes()]).toEqual([0, 0, 0, 5, 97, 98, 99, 100, 101, 0, 0, 0]);
    expect(new XdrReader(to.bytes()).string(10)).toBe('abcde');
  });
});

describe('the check of values from another daemon', () => {
  const check = validator({ name: text, id: int, dom: struct({ uuid }) });
  const good = { name: 'a', id: 1, dom: { uuid: '00000000-0000-0000-0000-000000000001' } };

  test.each([
    ['a missing key', { name: 'a', id: 1 }, /^dom is not there/],
    ['an undeclared key', { ...good, more: 1 }, /^more is not declared/],
    ['a fraction', { ...good, id: 1.5 }, /^id is not an int/],
    ['a number out of range', { ...good, id: 2 ** 31 }, /^id is not an int/],
    ['another type', { ...good, name: 7 }, /^name is not a string/],
    ['a wrong UUID inside', { ...good, dom: { uuid: 'x' } }, /^dom\.uuid is not a UUID/],
    ['an array', [], /^value is not an object/],
    [
      'a key of the prototype',
      JSON.parse(`${JSON.stringify(good).slice(0, -1)},"__proto__":{}}`),
      /__proto__ is not declared/,
    ],
  ])('refuses %s and names the place', (_, value, message) => {
    expect(() => check(value)).toThrow(message);
  });

  test('takes what is right', () => expect(check(good)).toEqual(good));
});
