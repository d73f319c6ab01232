import type { VirErrorFields } from '../errors/vir-error.js';
import { hyper, int, optional, optionalText, struct, text, uint, uuid } from './types.js';
import { WireFormatError } from './wire-error.js';
import { xdrCodec } from './xdr-codec.js';
import { XdrReader } from './xdr-reader.js';
import { XdrWriter } from './xdr-writer.js';

// libvirt's message framing (virnetprotocol). A length word that counts itself, a header of 24 bytes, a payload.

export const HEADER_BYTES = 24;
export const LENGTH_BYTES = 4;
/** Header and payload, without the length word. */
export const MESSAGE_MAX = 33_554_432;
export const PAYLOAD_MAX = MESSAGE_MAX - HEADER_BYTES;
/** What one stream packet of the daemon carries at most, for old clients' sake. */
export const STREAM_PACKET_MAX = 262_120;
export const DESCRIPTORS_MAX = 32;

export const messageTypes = {
  call: 0,
  reply: 1,
  message: 2,
  stream: 3,
  callWithDescriptors: 4,
  replyWithDescriptors: 5,
  streamHole: 6,
} as const;

export const messageStatuses = { ok: 0, error: 1, continue: 2 } as const;

export interface MessageHeader {
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  readonly type: number;
  readonly serial: number;
  readonly status: number;
}

export interface WireMessage {
  readonly header: MessageHeader;
  /** What follows the header; a view of the bytes that arrived. */
  readonly payload: Uint8Array;
}

export function decodeHeader(bytes: Uint8Array): MessageHeader {
  const from = new XdrReader(bytes, 0, HEADER_BYTES);
  return {
    program: from.uint(),
    version: from.uint(),
    procedure: from.int(),
    type: from.int(),
    serial: from.uint(),
    status: from.int(),
  };
}

/** A writer that has the length word and the header; append the payload and call `finishMessage`. */
export function beginMessage(header: MessageHeader): XdrWriter {
  const to = new XdrWriter(MESSAGE_MAX + LENGTH_BYTES);
  to.uint(0);
  to.uint(header.program);
  to.uint(header.version);
  to.int(header.procedure);
  to.int(header.type);
  to.uint(header.serial);
  to.int(header.status);
  return to;
}

/** Fills in the length. @returns the whole message */
export function finishMessage(to: XdrWriter): Uint8Array {
  to.patchUint(0, to.length);
  return to.bytes();
}

export function encodeMessage(header: MessageHeader, payload: Uint8Array): Uint8Array {
  const total = LENGTH_BYTES + HEADER_BYTES + payload.length;
  if (total > MESSAGE_MAX + LENGTH_BYTES)
    throw new WireFormatError(`message is longer than ${MESSAGE_MAX} bytes`);
  const head = finishHead(header, total);
  const message = new Uint8Array(total);
  message.set(head);
  message.set(payload, head.length);
  return message;
}

function finishHead(header: MessageHeader, total: number): Uint8Array {
  const to = beginMessage(header);
  to.patchUint(0, total);
  return to.bytes();
}

/** Chunks below this are copied together: a peer that sends single bytes must not cost a view (and a slab) for each. */
const SMALL_CHUNK = 1024;
const GATHER_BYTES = 16_384;

/**
 * Cuts a stream of bytes into messages. Chunks are kept as they come until a message is whole, so a long message costs one
 * copy.
 */
export class MessageReader {
  readonly #chunks: Uint8Array[] = [];
  /** Where small chunks are gathered; the last chunk is a view of it while it is in use. */
  #gathered = new Uint8Array(0);
  #gatheredLength = 0;
  #available = 0;
  #bodyLength: number | undefined;
  readonly #maxBody: () => number;

  /** @param maxBody the longest body that is taken now: small before authentication */
  constructor(maxBody: () => number = () => MESSAGE_MAX) {
    this.#maxBody = maxBody;
  }

  /** Bytes of a message that has begun and is not whole. */
  get pendingBytes(): number {
    return this.#available + (this.#bodyLength === undefined ? 0 : LENGTH_BYTES);
  }

  push(chunk: Uint8Array): void {
    this.#available += chunk.length;
    if (chunk.length < SMALL_CHUNK && this.#chunks.length > 0) this.#gather(chunk);
    else this.#chunks.push(chunk);
  }

  #gather(chunk: Uint8Array): void {
    const last = this.#chunks.at(-1);
    const end = this.#gatheredLength + chunk.length;
    if (last?.buffer === this.#gathered.buffer && end <= this.#gathered.length) {
      this.#gathered.set(chunk, this.#gatheredLength);
      this.#chunks[this.#chunks.length - 1] = this.#gathered.subarray(last.byteOffset, end);
      this.#gatheredLength = end;
      return;
    }
    this.#gathered = new Uint8Array(GATHER_BYTES);
    this.#gathered.set(chunk);
    this.#gatheredLength = chunk.length;
    this.#chunks.push(this.#gathered.subarray(0, chunk.length));
  }

  /**
   * The next whole message, if there is one.
   *
   * @throws WireFormatError for a length that no message has: the connection is of no more use
   */
  next(): WireMessage | undefined {
    this.#bodyLength ??= this.#readLength();
    if (this.#bodyLength === undefined || this.#available < this.#bodyLength) return undefined;
    const body = this.#take(this.#bodyLength);
    this.#bodyLength = undefined;
    return { header: decodeHeader(body), payload: body.subarray(HEADER_BYTES) };
  }

  /**
   * Drops the `count` bytes that accompany descriptors behind a message.
   *
   * @param arrived how many of the descriptors are there
   * @returns false when bytes or descriptors have not all come yet; nothing is dropped then
   */
  skip(count: number, arrived: number): boolean {
    if (count === 0) return true;
    if (arrived < count || this.#available < count) return false;
    this.#take(count);
    return true;
  }

  #readLength(): number | undefined {
    if (this.#available < LENGTH_BYTES) return undefined;
    const word = this.#take(LENGTH_BYTES);
    const length = new DataView(word.buffer, word.byteOffset, LENGTH_BYTES).getUint32(0) - LENGTH_BYTES;
    if (length < HEADER_BYTES)
      throw new WireFormatError(`packet ${length} bytes received from client too small, want 24`);
    const max = this.#maxBody();
    if (length > max)
      throw new WireFormatError(`packet ${length} bytes received from client too large, want ${max}`);
    return length;
  }

  #take(length: number): Uint8Array {
    this.#available -= length;
    const first = this.#chunks[0] as Uint8Array;
    if (first.length > length) {
      this.#chunks[0] = first.subarray(length);
      return first.subarray(0, length);
    }
    if (first.length === length) {
      this.#chunks.shift();
      return first;
    }
    return this.#join(length);
  }

  #join(length: number): Uint8Array {
    const joined = new Uint8Array(length);
    let filled = 0;
    let used = 0;
    for (const chunk of this.#chunks) {
      const part = Math.min(chunk.length, length - filled);
      joined.set(part === chunk.length ? chunk : chunk.subarray(0, part), filled);
      filled += part;
      if (part < chunk.length) {
        this.#chunks[used] = chunk.subarray(part);
        break;
      }
      used++;
      if (filled === length) break;
    }
    this.#chunks.splice(0, used);
    return joined;
  }
}

const errorDomainRef = struct({ name: text, uuid, id: int });
const errorNetworkRef = struct({ name: text, uuid });
const errorCodec = xdrCodec({
  code: int,
  domain: int,
  message: optionalText,
  level: int,
  dom: optional(errorDomainRef),
  str1: optionalText,
  str2: optionalText,
  str3: optionalText,
  int1: int,
  int2: int,
  net: optional(errorNetworkRef),
});
const LEVEL_ERROR = 2;

/** Appends virNetMessageError. */
export function encodeError(fields: VirErrorFields, to: XdrWriter): void {
  errorCodec.encode({ ...fields, level: LEVEL_ERROR, dom: null, net: null }, to);
}

export function decodeError(payload: Uint8Array): VirErrorFields {
  const { code, domain, message, str1, str2, str3, int1, int2 } = errorCodec.decode(
    new XdrReader(payload),
  ) as {
    code: number;
    domain: number;
    message: string | null;
    str1: string | null;
    str2: string | null;
    str3: string | null;
    int1: number;
    int2: number;
  };
  return { code, domain, message: message ?? '', str1, str2, str3, int1, int2 };
}

/** The payload of a hole in a stream: virNetStreamHole. */
export const streamHole = { length: hyper, flags: uint } as const;
