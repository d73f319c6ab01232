import type { Procedure } from '../protocol/procedure.js';
import { nothing } from '../wire/types.js';
import { validator } from '../wire/validate.js';

/** Turns the values of one procedure into what a frame carries, and back. Both ways they are checked against the row. */
export interface ProcedureCodec {
  readonly row: Procedure;
  writeArgs(values: unknown): unknown;
  readArgs(carried: unknown): unknown;
  writeReturns(values: unknown): unknown;
  readReturns(carried: unknown): unknown;
}

/** For a peer whose row is ours: values travel as they are. */
export function plainCodec(row: Procedure): ProcedureCodec {
  const args = checked(row.args);
  const returns = checked(row.returns);
  return { row, writeArgs: args, readArgs: args, writeReturns: returns, readReturns: returns };
}

// A handler of a procedure that answers nothing returns undefined; an empty object travels.
function checked(fields: Procedure['args']): (values: unknown) => unknown {
  const check = validator(fields);
  if (Object.keys(fields).length > 0) return check;
  return (values) => (values === undefined ? nothing : check(values));
}
