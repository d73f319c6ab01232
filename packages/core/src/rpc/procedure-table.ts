import type { ServedProgram } from '../driver/handlers.js';
import { VirError } from '../errors/vir-error.js';
import type { Procedure } from '../protocol/procedure.js';

export interface FoundProcedure {
  readonly name: string;
  readonly row: Procedure;
  readonly served: ServedProgram;
}

/** The procedures of a daemon's programs by number. */
export class ProcedureTable {
  readonly #programs = new Map<number, ServedProgram>();
  readonly #byNumber = new Map<number, ReadonlyMap<number, FoundProcedure>>();

  constructor(programs: readonly ServedProgram[]) {
    for (const served of programs) this.#programs.set(served.program.number, served);
  }

  /** Or the error that a caller of what does not exist gets. */
  find(program: number, procedure: number): FoundProcedure | VirError {
    const table = this.#byNumber.get(program) ?? this.#index(program);
    if (table === undefined) {
      return VirError.of('RPC', `Cannot find program ${program} version 1`, { domain: 'RPC' });
    }
    return table.get(procedure) ?? VirError.of('RPC', `unknown procedure: ${procedure}`, { domain: 'RPC' });
  }

  #index(program: number): ReadonlyMap<number, FoundProcedure> | undefined {
    const served = this.#programs.get(program);
    if (served === undefined) return undefined;
    const table = new Map<number, FoundProcedure>();
    for (const [name, row] of Object.entries(served.program.procedures)) {
      table.set(row.number, { name, row, served });
    }
    this.#byNumber.set(program, table);
    return table;
  }
}
