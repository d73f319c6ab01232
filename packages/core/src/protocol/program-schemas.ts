import { type AvroRecord, avroSchema } from '../wire/avro/avro-schema.js';
import type { Program } from './procedure.js';

/** The Avro schemas of one procedure; its place in the program is its number. */
export interface ProcedureSchemas {
  readonly number: number;
  readonly args: AvroRecord;
  readonly returns: AvroRecord;
}

export interface MessageSchemas {
  readonly number: number;
  readonly message: AvroRecord;
}

/** All Avro schemas of a program: what two releases compare to understand each other. */
export interface ProgramSchemas {
  readonly program: number;
  readonly procedures: { readonly [name: string]: ProcedureSchemas };
  readonly events: { readonly [name: string]: MessageSchemas };
}

export function programSchemas(program: Program): ProgramSchemas {
  const procedures = Object.entries(program.procedures).map(([name, { number, args, returns }]) => {
    const schemas = {
      args: avroSchema(args, `${name}_args`),
      returns: avroSchema(returns, `${name}_returns`),
    };
    return [name, { number, ...schemas }] as const;
  });
  const events = Object.entries(program.events).map(([name, { number, message }]) => {
    return [name, { number, message: avroSchema(message, name) }] as const;
  });
  return {
    program: program.number,
    procedures: Object.fromEntries(procedures),
    events: Object.fromEntries(events),
  };
}

/** The schemas as text with a line for each procedure: what is committed, and what the fingerprint is taken of. */
export function schemasText(schemas: ProgramSchemas): string {
  const lines = (rows: object): string =>
    Object.entries(rows)
      .map(([name, row]) => `${JSON.stringify(name)}: ${JSON.stringify(row)}`)
      .join(',\n');
  const { program, procedures, events } = schemas;
  return `{"program": ${program}, "procedures": {\n${lines(procedures)}\n}, "events": {\n${lines(events)}\n}}\n`;
}
