import type { Arms, Fields, WireType } from '../wire/types.js';
import { type Uuid, uuidFromBytes, uuidToBytes } from '../wire/uuid.js';

// Between the values of rows and those that avsc takes and gives for the schemas of `wire/avro`. Values have been checked
// before they go in; what comes out is checked by the caller.

export interface AvroConverter {
  toAvro(value: unknown): unknown;
  fromAvro(value: unknown): unknown;
}

type Values = { readonly [name: string]: unknown };
const same: AvroConverter = { toAvro: (value) => value, fromAvro: (value) => value };

const hyper: AvroConverter = {
  toAvro(value) {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigInt64BE(value as bigint);
    return bytes;
  },
  fromAvro: (value) => (value as Buffer).readBigInt64BE(),
};

const uhyper: AvroConverter = {
  toAvro(value) {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigUInt64BE(value as bigint);
    return bytes;
  },
  fromAvro: (value) => (value as Buffer).readBigUInt64BE(),
};

const uuid: AvroConverter = {
  toAvro(value) {
    const bytes = Buffer.alloc(16);
    uuidToBytes(value as Uuid, bytes);
    return bytes;
  },
  fromAvro: (value) => uuidFromBytes(value as Buffer),
};

const bytes: AvroConverter = {
  toAvro(value) {
    const view = value as Uint8Array;
    return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  },
  fromAvro: (value) => value,
};

export function avroFields(fields: Fields): AvroConverter {
  const entries = Object.entries(fields).map(([name, type]) => [name, converterOf(type)] as const);
  const each = (value: unknown, way: 'toAvro' | 'fromAvro'): unknown => {
    const given = value as Values;
    return Object.fromEntries(entries.map(([name, converter]) => [name, converter[way](given[name])]));
  };
  return { toAvro: (value) => each(value, 'toAvro'), fromAvro: (value) => each(value, 'fromAvro') };
}

function converterOf(type: WireType): AvroConverter {
  switch (type.kind) {
    case 'int':
    case 'uint':
    case 'double':
    case 'string':
    case 'chars':
      return same;
    case 'hyper':
      return hyper;
    case 'uhyper':
      return uhyper;
    case 'uuid':
      return uuid;
    case 'bytes':
      return bytes;
    case 'optional':
      return optionalConverter(converterOf(type.of));
    case 'array':
      return arrayConverter(converterOf(type.of));
    case 'struct':
      return avroFields(type.fields);
    case 'union':
      return variantConverter(type.arms);
  }
}

function optionalConverter(of: AvroConverter): AvroConverter {
  return {
    toAvro: (value) => (value === null ? null : of.toAvro(value)),
    fromAvro: (value) => (value === null ? null : of.fromAvro(value)),
  };
}

function arrayConverter(of: AvroConverter): AvroConverter {
  return {
    toAvro: (value) => (value as unknown[]).map((element) => of.toAvro(element)),
    fromAvro: (value) => (value as unknown[]).map((element) => of.fromAvro(element)),
  };
}

function variantConverter(arms: Arms): AvroConverter {
  const byName = new Map(Object.entries(arms).map(([name, arm]) => [name, converterOf(arm.of)]));
  const none = Object.fromEntries([...byName.keys()].map((name) => [name, null]));
  return {
    toAvro(value) {
      const { type, value: inner } = value as { readonly type: string; readonly value: unknown };
      return { ...none, type, [type]: byName.get(type)?.toAvro(inner) };
    },
    fromAvro(value) {
      const { type, ...rest } = value as { readonly type: string; readonly [arm: string]: unknown };
      // An arm that we do not know is left to the check that follows.
      return { type, value: byName.get(type)?.fromAvro(rest[type]) };
    },
  };
}
