import type { EventMessage, Procedure, Program } from '@modvirt/core/protocol';
import { type XdrFieldsCodec, xdrCodec } from '@modvirt/core/wire';

/** One procedure as the relay needs it; its codecs are built when it is first called. */
export class RelayedProcedure {
  readonly program: Program;
  readonly name: string;
  readonly row: Procedure;
  #args: XdrFieldsCodec | undefined;
  #returns: XdrFieldsCodec | undefined;

  constructor(program: Program, name: string, row: Procedure) {
    this.program = program;
    this.name = name;
    this.row = row;
  }

  get args(): XdrFieldsCodec {
    this.#args ??= xdrCodec(this.row.args);
    return this.#args;
  }

  get returns(): XdrFieldsCodec {
    this.#returns ??= xdrCodec(this.row.returns);
    return this.#returns;
  }
}

/** Finds what a message's header names. */
export class ProgramTable {
  readonly #programs = new Map<
    number,
    { program: Program; byNumber: Map<number, RelayedProcedure> | undefined }
  >();
  readonly #messages = new Map<EventMessage, XdrFieldsCodec>();

  constructor(programs: readonly Program[]) {
    for (const program of programs) this.#programs.set(program.number, { program, byNumber: undefined });
  }

  find(number: number, version: number): Program | undefined {
    const program = this.#programs.get(number)?.program;
    return program?.version === version ? program : undefined;
  }

  procedure(program: number, number: number): RelayedProcedure | undefined {
    const entry = this.#programs.get(program);
    if (entry === undefined) return undefined;
    entry.byNumber ??= indexRows(entry.program);
    return entry.byNumber.get(number);
  }

  message(row: EventMessage): XdrFieldsCodec {
    let codec = this.#messages.get(row);
    if (codec === undefined) {
      codec = xdrCodec(row.message);
      this.#messages.set(row, codec);
    }
    return codec;
  }
}

function indexRows(program: Program): Map<number, RelayedProcedure> {
  const rows = new Map<number, RelayedProcedure>();
  for (const [name, row] of Object.entries(program.procedures)) {
    rows.set(row.number, new RelayedProcedure(program, name, row));
  }
  return rows;
}
