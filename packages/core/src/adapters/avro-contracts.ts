import type * as avsc from 'avsc';
import type { Procedure, Program } from '../protocol/procedure.js';
import {
  type ProcedureSchemas,
  type ProgramSchemas,
  programSchemas,
  schemasText,
} from '../protocol/program-schemas.js';
import type { Contracts } from '../rpc/handshake.js';
import { type ProcedureCodec, plainCodec } from '../rpc/procedure-codec.js';
import { ProtocolError } from '../rpc/protocol-error.js';
import type { AvroRecord } from '../wire/avro/avro-schema.js';
import type { Fields } from '../wire/types.js';
import { type AvroConverter, avroFields } from './avro-values.js';

type Avsc = typeof avsc;
export interface FingerprintedProgram {
  readonly program: Program;
  /** Of the program's schemas, as `protocol/fingerprints` has it. */
  readonly fingerprint: string;
}

/**
 * How daemons of different releases understand each other: a procedure whose schemas are the same at both travels as usual, the
 * others as Avro, written by the sender's schema and resolved by the reader. avsc is loaded when the first difference shows.
 */
export function avroContracts(programs: readonly FingerprintedProgram[]): Contracts {
  const byNumber = new Map(programs.map(({ program }) => [program.number, program]));
  const known = (number: number): Program => {
    const program = byNumber.get(number);
    if (program === undefined) throw new ProtocolError(`no schemas of program ${number}`);
    return program;
  };
  return {
    fingerprints: new Map(programs.map(({ program, fingerprint }) => [program.number, fingerprint])),
    schemasOf: (number) => schemasText(programSchemas(known(number))),
    async resolve(number, peerSchemas) {
      const ours = programSchemas(known(number));
      const theirs = parseSchemas(peerSchemas);
      const { Type } = await loadAvsc();
      return codecsFor({ ours, theirs, Type, program: known(number) });
    },
  };
}

/** avsc as a module of its own: a CommonJS module that bundlers wrap in `default`. */
export async function loadAvsc(): Promise<Avsc> {
  const loaded = (await import('avsc')) as Avsc & { readonly default?: Avsc };
  return loaded.default ?? loaded;
}

function parseSchemas(text: string): ProgramSchemas {
  const value: unknown = JSON.parse(text);
  const schemas = value as ProgramSchemas | null;
  if (typeof schemas?.procedures !== 'object' || schemas.procedures === null)
    throw new ProtocolError('schemas without procedures');
  return schemas;
}

interface Resolution {
  readonly program: Program;
  readonly ours: ProgramSchemas;
  readonly theirs: ProgramSchemas;
  readonly Type: Avsc['Type'];
}

function codecsFor(resolution: Resolution): (row: Procedure) => ProcedureCodec {
  const { program, ours, theirs } = resolution;
  const theirsByNumber = new Map(Object.values(theirs.procedures).map((one) => [one.number, one]));
  const names = new Map(Object.entries(program.procedures).map(([name, { number }]) => [number, name]));
  const codecs = new WeakMap<Procedure, ProcedureCodec>();
  return (row) => {
    const made = codecs.get(row);
    if (made !== undefined) return made;
    const name = names.get(row.number);
    const mine = name === undefined ? undefined : ours.procedures[name];
    if (mine === undefined) throw new ProtocolError(`no schemas of procedure ${row.number}`);
    const codec = procedureCodec(resolution.Type, row, mine, theirsByNumber.get(row.number));
    codecs.set(row, codec);
    return codec;
  };
}

function procedureCodec(
  Type: Avsc['Type'],
  row: Procedure,
  mine: ProcedureSchemas,
  theirs: ProcedureSchemas | undefined,
): ProcedureCodec {
  const plain = plainCodec(row);
  // A peer without the procedure refuses the call by its number: nothing of it will be read.
  if (theirs === undefined || JSON.stringify(mine) === JSON.stringify(theirs)) return plain;
  const args = new ResolvedMessage(Type, row.args, mine.args, theirs.args);
  const returns = new ResolvedMessage(Type, row.returns, mine.returns, theirs.returns);
  return {
    row,
    writeArgs: (values) => args.write(plain.writeArgs(values)),
    readArgs: (carried) => plain.readArgs(args.read(carried)),
    writeReturns: (values) => returns.write(plain.writeReturns(values)),
    readReturns: (carried) => plain.readReturns(returns.read(carried)),
  };
}

/** One message that we write by our schema and read by the peer's. */
class ResolvedMessage {
  readonly #type: avsc.Type;
  readonly #resolver: ReturnType<avsc.Type['createResolver']>;
  readonly #converter: AvroConverter;

  constructor(Type: Avsc['Type'], fields: Fields, mine: AvroRecord, theirs: AvroRecord) {
    this.#type = avscType(Type, mine);
    this.#resolver = this.#type.createResolver(avscType(Type, theirs));
    this.#converter = avroFields(fields);
  }

  write(values: unknown): Uint8Array {
    return this.#type.toBuffer(this.#converter.toAvro(values));
  }

  read(carried: unknown): unknown {
    if (!(carried instanceof Uint8Array))
      throw new ProtocolError('values of another release that are not bytes');
    const bytes = Buffer.from(carried.buffer, carried.byteOffset, carried.byteLength);
    return this.#converter.fromAvro(this.#type.fromBuffer(bytes, this.#resolver));
  }
}

export function avscType(Type: Avsc['Type'], schema: AvroRecord): avsc.Type {
  return Type.forSchema(schema as unknown as avsc.Schema, { wrapUnions: false });
}
