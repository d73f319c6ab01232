import { assert, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Procedure, type Program, procedure } from '../protocol/procedure.js';
import { type ProgramSchemas, programSchemas, schemasText } from '../protocol/program-schemas.js';
import { lxcProgram, qemuProgram, remoteProgram } from '../protocol/programs.js';
import { domainRef } from '../protocol/refs.js';
import { arbitraryFields } from '../testing/wire-arbitrary.js';
import { avroSchema } from '../wire/avro/avro-schema.js';
import { type Fields, int, nothing, optionalText, text, uhyper } from '../wire/types.js';
import { avroContracts, avscType, loadAvsc } from './avro-contracts.js';
import { avroFields } from './avro-values.js';
import { schemaIncompatibilities } from './schema-compatibility.js';

const uuid = '12345678-1234-1234-1234-123456789abc';
const dom = { name: 'web', uuid, id: 7 };

function programOf(args: Fields, returns: Fields, number = 1): Program {
  const row = procedure({
    number,
    since: '1.0.0',
    priority: 'low',
    args,
    returns,
    acl: [],
    doc: 'A procedure that only this test knows.',
  });
  return { name: 'planted', number: 0x1234, version: 1, procedures: { planted: row }, events: {} };
}

const rowOf = (program: Program): Procedure => program.procedures.planted as Procedure;
const schemasOf = (program: Program): ProgramSchemas => programSchemas(program);

/** Contracts of both sides, each made from what the other one sent. */
async function meet(older: Program, newer: Program) {
  const sides = [older, newer].map((program, i) => avroContracts([{ program, fingerprint: String(i) }]));
  const [oldSide, newSide] = sides as [ReturnType<typeof avroContracts>, ReturnType<typeof avroContracts>];
  const oldCodecs = await oldSide.resolve(older.number, newSide.schemasOf(newer.number));
  const newCodecs = await newSide.resolve(newer.number, oldSide.schemasOf(older.number));
  return { old: oldCodecs(rowOf(older)), new: newCodecs(rowOf(newer)) };
}

describe('daemons of two releases', () => {
  const before = programOf({ dom: domainRef, flags: int }, { size: uhyper });
  const after = programOf(
    { dom: domainRef, flags: int, reason: optionalText },
    { size: uhyper, note: optionalText },
  );

  test('call each other when the newer one added optional fields', async () => {
    const { old, new: young } = await meet(before, after);
    const size = 2n ** 63n + 1n;
    expect(young.readArgs(old.writeArgs({ dom, flags: -1 }))).toEqual({ dom, flags: -1, reason: null });
    expect(old.readArgs(young.writeArgs({ dom, flags: 2, reason: 'x' }))).toEqual({ dom, flags: 2 });
    expect(old.readReturns(young.writeReturns({ size, note: 'y' }))).toEqual({ size });
    expect(young.readReturns(old.writeReturns({ size }))).toEqual({ size, note: null });
  });

  test('exchange values as they are where nothing differs', async () => {
    const { old } = await meet(before, programOf({ dom: domainRef, flags: int }, { size: uhyper }));
    expect(old.writeArgs({ dom, flags: 1 })).toEqual({ dom, flags: 1 });
  });

  test('still check what arrives', async () => {
    const { old, new: young } = await meet(before, after);
    expect(() => young.readArgs({ dom, flags: 1 })).toThrow(/not bytes/);
    expect(() => young.readArgs(new Uint8Array([1, 2, 3]))).toThrow();
    expect(() => old.writeArgs({ dom, flags: 1.5 })).toThrow(/flags is not an int/);
  });

  test('refuse schemas that are none', async () => {
    const contracts = avroContracts([{ program: before, fingerprint: '' }]);
    await expect(contracts.resolve(before.number, '7')).rejects.toThrow(/without procedures/);
    await expect(contracts.resolve(99, '{}')).rejects.toThrow(/no schemas of program 99/);
  });
});

describe('the check of changes', () => {
  const base = { dom: domainRef, flags: int };
  const before = schemasOf(programOf(base, { size: uhyper }));

  test.each([
    [
      'an argument that must be there',
      programOf({ ...base, more: text }, { size: uhyper }),
      /the new release cannot read/,
    ],
    [
      'an argument taken away',
      programOf({ dom: domainRef }, { size: uhyper }),
      /the old release cannot read/,
    ],
    ['another type', programOf({ dom: domainRef, flags: text }, { size: uhyper }), /planted arguments/],
    ['a result taken away', programOf(base, nothing), /planted results: the old release/],
    ['another number', programOf(base, { size: uhyper }, 2), /number 1 became 2/],
  ])('refuses %s', async (_, newer, problem) => {
    const problems = await schemaIncompatibilities(before, schemasOf(newer));
    expect(problems.join('\n')).toMatch(problem);
  });

  test('takes an optional argument', async () => {
    const newer = schemasOf(programOf({ ...base, more: optionalText }, { size: uhyper }));
    expect(await schemaIncompatibilities(before, newer)).toEqual([]);
  });
});

test('every shape of the protocol survives Avro', async () => {
  const { Type } = await loadAvsc();
  for (const program of [remoteProgram, qemuProgram, lxcProgram]) {
    expect(JSON.parse(schemasText(programSchemas(program)))).toHaveProperty('program', program.number);
    for (const [name, row] of Object.entries(program.procedures)) {
      for (const fields of [row.args, row.returns]) {
        const type = avscType(Type, avroSchema(fields, name));
        const converter = avroFields(fields);
        const law = property(arbitraryFields(fields), (values) => {
          const back = converter.fromAvro(type.fromBuffer(type.toBuffer(converter.toAvro(values))));
          expect(withoutBuffers(back), name).toEqual(values);
        });
        assert(law, { numRuns: 2, seed: 3 });
      }
    }
  }
}, 20_000);

/** Buffers as plain arrays of bytes: they are equal but of another class. */
function withoutBuffers(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(withoutBuffers);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutBuffers(inner)]));
}
