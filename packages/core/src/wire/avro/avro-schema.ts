import type { Arms, Fields, WireType } from '../types.js';

// Avro schemas of wire types. Avro's long is too short for us in JavaScript, so 64-bit integers are eight bytes, big-endian; a
// union is a record that names its arm and has a field for each. What is optional defaults to null, so it may be added later.

export interface AvroRecord {
  readonly type: 'record';
  readonly name: string;
  readonly fields: readonly AvroField[];
  readonly logicalType?: 'variant';
}

export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly default?: null;
}

export interface AvroFixed {
  readonly type: 'fixed';
  readonly name: string;
  readonly size: number;
  readonly logicalType: string;
}

export interface AvroArray {
  readonly type: 'array';
  readonly items: AvroSchema;
}

export type AvroSchema = string | readonly ['null', AvroSchema] | AvroRecord | AvroFixed | AvroArray;

const FIXED_BYTES = { hyper: 8, uhyper: 8, uuid: 16 } as const;

/** The schema of a message: a record called `name`, which must be a name in Avro's sense. */
export function avroSchema(fields: Fields, name: string): AvroRecord {
  return recordOf(fields, name, new Set());
}

/** @param known fixed types that stand in full earlier in the schema */
function recordOf(fields: Fields, name: string, known: Set<string>): AvroRecord {
  return {
    type: 'record',
    name,
    fields: Object.entries(fields).map(([field, type]) => ({
      name: field,
      type: schemaOf(type, `${name}_${field}`, known),
      ...(type.kind === 'optional' ? { default: null } : {}),
    })),
  };
}

function schemaOf(type: WireType, name: string, known: Set<string>): AvroSchema {
  switch (type.kind) {
    case 'int':
      return 'int';
    case 'uint':
      return 'long';
    case 'double':
      return 'double';
    case 'string':
    case 'chars':
      return 'string';
    case 'bytes':
      return 'bytes';
    case 'hyper':
    case 'uhyper':
    case 'uuid':
      return fixedOf(type.kind, known);
    case 'optional':
      return ['null', schemaOf(type.of, name, known)];
    case 'array':
      return { type: 'array', items: schemaOf(type.of, name, known) };
    case 'struct':
      return recordOf(type.fields, name, known);
    case 'union':
      return variantOf(type.arms, name, known);
  }
}

function fixedOf(kind: keyof typeof FIXED_BYTES, known: Set<string>): AvroSchema {
  if (known.has(kind)) return kind;
  known.add(kind);
  return { type: 'fixed', name: kind, size: FIXED_BYTES[kind], logicalType: kind };
}

function variantOf(arms: Arms, name: string, known: Set<string>): AvroRecord {
  const fields = Object.entries(arms).map(([arm, { of }]): AvroField => {
    return { name: arm, type: ['null', schemaOf(of, `${name}_${arm}`, known)], default: null };
  });
  return {
    type: 'record',
    name,
    fields: [{ name: 'type', type: 'string' }, ...fields],
    logicalType: 'variant',
  };
}
