import type { Procedure, Program } from '../protocol/procedure.js';
import type { Fields } from '../wire/types.js';
import type { Contracts } from './handshake.js';
import { type ProcedureCodec, plainCodec } from './procedure-codec.js';
import { ProtocolError } from './protocol-error.js';

/** Schemas of values, and how one is read that was written by another schema than ours (Avro). */
export interface SchemaLibrary {
  /** As text that is equal when the schemas are. */
  schemaOf(fields: Fields): string;
  /** Loads what is needed to translate: only when two releases differ. */
  loadTranslator(): Promise<SchemaTranslator>;
}

export interface SchemaTranslator {
  /** Bytes of a value as our schema has it. */
  writer(ours: string): (values: unknown) => Uint8Array;
  /** @throws (when made) if what `theirs` writes cannot be read as `ours` */
  reader(theirs: string, ours: string): (bytes: Uint8Array) => unknown;
}

export interface ContractedProgram {
  readonly program: Program;
  /** Of all its schemas; made by the build. */
  readonly fingerprint: string;
}

type RowSchemas = readonly [args: string, returns: string];

/** How the programs of this release are spoken with peers of another. */
export function programContracts(programs: readonly ContractedProgram[], library: SchemaLibrary): Contracts {
  const byNumber = new Map(programs.map((contracted) => [contracted.program.number, contracted]));
  const rowsOf = (number: number): readonly Procedure[] => {
    const contracted = byNumber.get(number);
    if (contracted === undefined) throw new ProtocolError(`no schemas of program ${number}`);
    return Object.values(contracted.program.procedures);
  };
  return {
    fingerprints: new Map(programs.map(({ program, fingerprint }) => [program.number, fingerprint])),
    schemasOf: (number) =>
      JSON.stringify(Object.fromEntries(rowsOf(number).map((row) => [row.number, schemasOf(row, library)]))),
    resolve: async (number, peerSchemas) => {
      const theirs = readSchemas(peerSchemas);
      const differing = new Map<number, RowSchemas>();
      for (const row of rowsOf(number)) {
        const [args, returns] = schemasOf(row, library);
        const peer = theirs.get(row.number);
        // A row that the peer has not is answered as unknown there.
        if (peer !== undefined && (peer[0] !== args || peer[1] !== returns)) differing.set(row.number, peer);
      }
      const translator = differing.size > 0 ? await library.loadTranslator() : undefined;
      return codecsFor(differing, library, translator);
    },
  };
}

function schemasOf(row: Procedure, library: SchemaLibrary): RowSchemas {
  return [library.schemaOf(row.args), library.schemaOf(row.returns)];
}

function codecsFor(
  differing: ReadonlyMap<number, RowSchemas>,
  library: SchemaLibrary,
  translator: SchemaTranslator | undefined,
): (row: Procedure) => ProcedureCodec {
  const made = new Map<number, ProcedureCodec>();
  return (row) => {
    const known = made.get(row.number);
    if (known !== undefined) return known;
    const peer = differing.get(row.number);
    const plain = plainCodec(row);
    const codec =
      peer === undefined || translator === undefined
        ? plain
        : translatingCodec(plain, peer, schemasOf(row, library), translator);
    made.set(row.number, codec);
    return codec;
  };
}

// Values travel as bytes of their writer's schema. What is read is checked against our row as any other value.
function translatingCodec(
  plain: ProcedureCodec,
  theirs: RowSchemas,
  ours: RowSchemas,
  translator: SchemaTranslator,
): ProcedureCodec {
  const [writeArgs, writeReturns] = ours.map((schema) => translator.writer(schema));
  const readArgs = translator.reader(theirs[0], ours[0]);
  const readReturns = translator.reader(theirs[1], ours[1]);
  return {
    row: plain.row,
    writeArgs: (values) => writeArgs?.(plain.writeArgs(values)),
    readArgs: (carried) => plain.readArgs(readArgs(asBytes(carried))),
    writeReturns: (values) => writeReturns?.(plain.writeReturns(values)),
    readReturns: (carried) => plain.readReturns(readReturns(asBytes(carried))),
  };
}

function asBytes(carried: unknown): Uint8Array {
  if (carried instanceof Uint8Array) return carried;
  throw new ProtocolError('a value of another release is not in bytes');
}

function readSchemas(text: string): ReadonlyMap<number, RowSchemas> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError('schemas are not readable', { cause });
  }
  if (typeof parsed !== 'object' || parsed === null) throw new ProtocolError('schemas are no object');
  const schemas = new Map<number, RowSchemas>();
  for (const [number, pair] of Object.entries(parsed)) {
    const [args, returns] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (typeof args !== 'string' || typeof returns !== 'string')
      throw new ProtocolError('schemas of wrong shape');
    schemas.set(Number(number), [args, returns]);
  }
  return schemas;
}
