import type { ProgramSchemas } from '../protocol/program-schemas.js';
import type { AvroRecord } from '../wire/avro/avro-schema.js';
import { avscType, loadAvsc } from './avro-contracts.js';

interface Message {
  readonly name: string;
  readonly number: number;
  readonly schema: AvroRecord;
}

function messagesOf(schemas: ProgramSchemas): Message[] {
  const calls = Object.entries(schemas.procedures).flatMap(([name, { number, args, returns }]) => [
    { name: `${name} arguments`, number, schema: args },
    { name: `${name} results`, number, schema: returns },
  ]);
  const events = Object.entries(schemas.events).map(([name, { number, message }]) => {
    return { name: `${name} message`, number, schema: message };
  });
  return [...calls, ...events];
}

/**
 * Why peers of an older and a newer release would not understand each other, one line each: every message of the older one must
 * still be there under its number, and each side must be able to read what the other writes.
 */
export async function schemaIncompatibilities(
  older: ProgramSchemas,
  newer: ProgramSchemas,
): Promise<string[]> {
  const { Type } = await loadAvsc();
  const now = new Map(messagesOf(newer).map((message) => [message.name, message]));
  const reads = (reader: Message, writer: Message): string | undefined => {
    try {
      avscType(Type, reader.schema).createResolver(avscType(Type, writer.schema));
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  return messagesOf(older).flatMap((before) => {
    const after = now.get(before.name);
    if (after === undefined) return [`${before.name}: gone`];
    if (after.number !== before.number)
      return [`${before.name}: number ${before.number} became ${after.number}`];
    if (JSON.stringify(before.schema) === JSON.stringify(after.schema)) return [];
    const newCannot = reads(after, before);
    const oldCannot = reads(before, after);
    return [
      ...(newCannot === undefined
        ? []
        : [`${before.name}: the new release cannot read the old: ${newCannot}`]),
      ...(oldCannot === undefined
        ? []
        : [`${before.name}: the old release cannot read the new: ${oldCannot}`]),
    ];
  });
}
