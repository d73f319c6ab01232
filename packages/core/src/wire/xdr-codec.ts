import type { Arms, Fields, WireType } from './types.js';
import { type Uuid, uuidFromBytes, uuidToBytes } from './uuid.js';
import { WireFormatError } from './wire-error.js';
import { XdrReader } from './xdr-reader.js';
import type { XdrWriter } from './xdr-writer.js';

interface Codec {
  encode(value: unknown, to: XdrWriter): void;
  decode(from: XdrReader): unknown;
}

type Values = { readonly [name: string]: unknown };

/** Values of a row's fields as XDR. Values must have been checked: `encode` believes their types. */
export interface XdrFieldsCodec {
  encode(values: unknown, to: XdrWriter): void;
  decode(from: XdrReader): unknown;
  /** Decodes bytes that hold these values and nothing else. */
  decodeWhole(bytes: Uint8Array): unknown;
}

/** Builds the codec of some fields. Build once, use often. */
export function xdrCodec(fields: Fields): XdrFieldsCodec {
  const names = Object.keys(fields);
  const codecs = names.map((name) => codecOf(fields[name] as WireType));
  const decode = (from: XdrReader): unknown => {
    const values: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) values[names[i] as string] = codecs[i]?.decode(from);
    return values;
  };
  return {
    encode(values, to) {
      for (let i = 0; i < names.length; i++) codecs[i]?.encode((values as Values)[names[i] as string], to);
    },
    decode,
    decodeWhole(bytes) {
      const from = new XdrReader(bytes);
      const values = decode(from);
      if (from.remaining > 0) throw new WireFormatError(`${from.remaining} bytes too many`);
      return values;
    },
  };
}

function codecOf(type: WireType): Codec {
  switch (type.kind) {
    case 'int':
      return { encode: (value, to) => to.int(value as number), decode: (from) => from.int() };
    case 'uint':
      return { encode: (value, to) => to.uint(value as number), decode: (from) => from.uint() };
    case 'hyper':
      return { encode: (value, to) => to.hyper(value as bigint), decode: (from) => from.hyper() };
    case 'uhyper':
      return { encode: (value, to) => to.uhyper(value as bigint), decode: (from) => from.uhyper() };
    case 'double':
      return { encode: (value, to) => to.double(value as number), decode: (from) => from.double() };
    case 'string':
      return {
        encode: (value, to) => to.string(value as string, type.max),
        decode: (from) => from.string(type.max),
      };
    case 'uuid':
      return UUID;
    case 'bytes':
      return bytesCodec(type.max);
    case 'chars':
      return type.fixed ? fixedCharsCodec(type.max) : charsCodec(type.max);
    case 'optional':
      return optionalCodec(codecOf(type.of));
    case 'array':
      return arrayCodec(codecOf(type.of), type.max, smallest(type.of));
    case 'struct':
      return xdrCodec(type.fields);
    case 'union':
      return unionCodec(type.arms);
  }
}

const UUID: Codec = {
  encode(value, to) {
    const { bytes, offset } = to.reserve(16);
    uuidToBytes(value as Uuid, bytes, offset);
  },
  decode: (from) => uuidFromBytes(from.opaque(16)),
};

function bytesCodec(max: number): Codec {
  return {
    encode(value, to) {
      const bytes = value as Uint8Array;
      if (bytes.length > max) throw new WireFormatError(`${bytes.length} bytes are more than ${max}`);
      to.uint(bytes.length);
      to.opaque(bytes);
    },
    decode: (from) => from.counted(max),
  };
}

function readChars(from: XdrReader, length: number): string {
  if (length * 4 > from.remaining) throw new WireFormatError('message ends too early');
  let text = '';
  for (let i = 0; i < length; i++) text += String.fromCharCode(from.int() & 0xff);
  return text;
}

function charsCodec(max: number): Codec {
  return {
    encode(value, to) {
      const text = value as string;
      if (text.length > max) throw new WireFormatError(`${text.length} characters are more than ${max}`);
      to.uint(text.length);
      for (let i = 0; i < text.length; i++) to.int(signedChar(text.charCodeAt(i)));
    },
    decode(from) {
      const length = from.uint();
      if (length > max) throw new WireFormatError(`${length} characters are more than ${max}`);
      return readChars(from, length);
    },
  };
}

// A C char is signed on the machines where libvirt's format was made.
function signedChar(code: number): number {
  return code > 127 ? code - 256 : code;
}

function fixedCharsCodec(length: number): Codec {
  return {
    encode(value, to) {
      const text = value as string;
      if (text.length > length)
        throw new WireFormatError(`${text.length} characters are more than ${length}`);
      for (let i = 0; i < length; i++) to.int(i < text.length ? signedChar(text.charCodeAt(i)) : 0);
    },
    decode(from) {
      const text = readChars(from, length);
      const end = text.indexOf('\0');
      return end < 0 ? text : text.slice(0, end);
    },
  };
}

function optionalCodec(of: Codec): Codec {
  return {
    encode(value, to) {
      to.uint(value === null ? 0 : 1);
      if (value !== null) of.encode(value, to);
    },
    decode(from) {
      const there = from.uint();
      if (there > 1) throw new WireFormatError(`an optional value is marked with ${there}`);
      return there === 1 ? of.decode(from) : null;
    },
  };
}

function arrayCodec(of: Codec, max: number, elementBytes: number): Codec {
  return {
    encode(value, to) {
      const list = value as readonly unknown[];
      if (list.length > max) throw new WireFormatError(`${list.length} elements are more than ${max}`);
      to.uint(list.length);
      for (const element of list) of.encode(element, to);
    },
    decode(from) {
      const length = from.uint();
      if (length > max) throw new WireFormatError(`${length} elements are more than ${max}`);
      // Nothing is allocated for elements that cannot be there.
      if (length * elementBytes > from.remaining) throw new WireFormatError('message ends too early');
      const list: unknown[] = [];
      for (let i = 0; i < length; i++) list.push(of.decode(from));
      return list;
    },
  };
}

/** The fewest bytes that a value can take. */
function smallest(type: WireType): number {
  switch (type.kind) {
    case 'hyper':
    case 'uhyper':
    case 'double':
      return 8;
    case 'uuid':
      return 16;
    case 'chars':
      return type.fixed ? type.max * 4 : 4;
    case 'struct':
      return Object.values(type.fields).reduce((sum, field) => sum + smallest(field), 0);
    case 'int':
    case 'uint':
    case 'string':
    case 'bytes':
    case 'optional':
    case 'array':
    case 'union':
      return 4;
  }
}

function unionCodec(arms: Arms): Codec {
  const byName = new Map<string, { tag: number; codec: Codec }>();
  const byTag = new Map<number, { name: string; codec: Codec }>();
  for (const [name, arm] of Object.entries(arms)) {
    const codec = codecOf(arm.of);
    byName.set(name, { tag: arm.tag, codec });
    byTag.set(arm.tag, { name, codec });
  }
  return {
    encode(value, to) {
      const { type, value: inner } = value as { readonly type: string; readonly value: unknown };
      const arm = byName.get(type);
      if (arm === undefined) throw new WireFormatError(`a union has no arm '${type}'`);
      to.int(arm.tag);
      arm.codec.encode(inner, to);
    },
    decode(from) {
      const tag = from.int();
      const arm = byTag.get(tag);
      if (arm === undefined) throw new WireFormatError(`a union has no arm ${tag}`);
      return { type: arm.name, value: arm.codec.decode(from) };
    },
  };
}
