import { ProtocolError } from './protocol-error.js';

// Extra bytes after the tag, for tags of fixed size from 0xca (float 32) to 0xd3 (int 64).
const NUMBER_BYTES = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8] as const;

/**
 * Walks over one msgpack value before it is decoded: it must fill `bytes` exactly, nest no deeper than `maxDepth`, claim no
 * more elements than there are bytes, and use no extension types (which decoders turn into dates, patterns or records).
 *
 * @throws ProtocolError
 */
export function scanMsgpack(bytes: Uint8Array, maxDepth: number): void {
  const end = bytes.length;
  const open: number[] = [];
  let left = 1;
  let at = 0;
  for (;;) {
    while (left === 0) {
      const outer = open.pop();
      if (outer === undefined) {
        if (at !== end) throw new ProtocolError('bytes after the end of a value');
        return;
      }
      left = outer;
    }
    left--;
    if (at >= end) throw new ProtocolError('value is cut short');
    const tag = bytes[at++] as number;
    const size = sizeOf(tag, bytes, at);
    at += size.skip;
    if (at > end) throw new ProtocolError('value is cut short');
    if (size.elements === 0) continue;
    if (size.elements > end - at) throw new ProtocolError('more elements than bytes');
    if (open.length >= maxDepth) throw new ProtocolError('values nest too deep');
    open.push(left);
    left = size.elements;
  }
}

interface Size {
  readonly skip: number;
  readonly elements: number;
}

const SINGLE: Size = { skip: 0, elements: 0 };
const skip = (bytes: number): Size => ({ skip: bytes, elements: 0 });

function sizeOf(tag: number, bytes: Uint8Array, at: number): Size {
  if (tag < 0x80 || tag >= 0xe0) return SINGLE;
  if (tag < 0x90) return { skip: 0, elements: 2 * (tag & 0x0f) };
  if (tag < 0xa0) return { skip: 0, elements: tag & 0x0f };
  if (tag < 0xc0) return skip(tag & 0x1f);
  if (tag >= 0xca && tag <= 0xd3) return skip(NUMBER_BYTES[tag - 0xca] as number);
  switch (tag) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return SINGLE;
    case 0xc4:
    case 0xd9:
      return skip(1 + uintAt(bytes, at, 1));
    case 0xc5:
    case 0xda:
      return skip(2 + uintAt(bytes, at, 2));
    case 0xc6:
    case 0xdb:
      return skip(4 + uintAt(bytes, at, 4));
    case 0xdc:
      return { skip: 2, elements: uintAt(bytes, at, 2) };
    case 0xdd:
      return { skip: 4, elements: uintAt(bytes, at, 4) };
    case 0xde:
      return { skip: 2, elements: 2 * uintAt(bytes, at, 2) };
    case 0xdf:
      return { skip: 4, elements: 2 * uintAt(bytes, at, 4) };
    default:
      throw new ProtocolError(`value of type 0x${tag.toString(16)}`);
  }
}

function uintAt(bytes: Uint8Array, at: number, size: number): number {
  if (at + size > bytes.length) throw new ProtocolError('value is cut short');
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + (bytes[at + i] as number);
  return value;
}
