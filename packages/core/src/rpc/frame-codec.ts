import { Packr, RESERVE_START_SPACE } from 'msgpackr/pack';
import { ChunkList } from '../wire/chunk-list.js';
import { type Frame, frameKinds, frameShapes, fromFrame, toFrame } from './frames.js';
import { FIRST_FRAME_MAX_BYTES, FRAME_MAX_BYTES, FRAME_MAX_DEPTH } from './limits.js';
import { ProtocolError } from './protocol-error.js';
import { scanMsgpack } from './scan.js';

const LENGTH_BYTES = 4;
/** msgpack's bin 32: its tag and a 32-bit length. */
const LONG_BINARY = 0xc6;
const LONG_BINARY_HEAD_BYTES = 5;
const EMPTY = new Uint8Array(0);
const POOL_BYTES = 16 * 1024;
/** Beyond this msgpackr's buffer is not kept. */
const POOL_MAX_BYTES = 512 * 1024;

/** Encodes frames. One for each program of ours is enough: it holds nothing between two frames but memory. */
export class FrameWriter {
  readonly #packr = new Packr({ useRecords: false, moreTypes: false });

  /** @throws ProtocolError when it is longer than the peer would take */
  encode(frame: Frame): Uint8Array {
    return this.#finish(this.#packr.pack(fromFrame(frame), RESERVE_START_SPACE + LENGTH_BYTES));
  }

  /** A value by itself, to be sent as part of several frames. */
  encodeValue(value: unknown): Uint8Array {
    return this.#packr.pack(value);
  }

  /** An event frame around `event`, which `encodeValue` made. Its bytes may be shared by many. */
  encodeAround(prefix: readonly [number, number], event: Uint8Array): readonly Uint8Array[] {
    const head = this.#packr.pack([...prefix, null], RESERVE_START_SPACE + LENGTH_BYTES);
    // The null in the last place gives way to the event.
    const withoutNull = head.subarray(0, head.length - 1);
    writeLength(withoutNull, withoutNull.length - LENGTH_BYTES + event.length);
    return [withoutNull, event];
  }

  /** What goes before the bytes of a data frame, which are sent as they are. */
  dataHead(id: number, sizeBytes: number): Uint8Array {
    // An empty binary in the last place takes two bytes; a long one's header takes its place.
    const head = this.#packr.pack([frameKinds.data.number, id, EMPTY], RESERVE_START_SPACE + LENGTH_BYTES);
    const long = new Uint8Array(head.length - 2 + LONG_BINARY_HEAD_BYTES);
    long.set(head.subarray(0, head.length - 2));
    long[head.length - 2] = LONG_BINARY;
    writeLength(long, long.length - LENGTH_BYTES + sizeBytes);
    writeLength(long.subarray(head.length - 1), sizeBytes);
    return long;
  }

  #finish(bytes: Uint8Array): Uint8Array {
    const length = bytes.length - LENGTH_BYTES;
    if (length > FRAME_MAX_BYTES) throw new ProtocolError(`frame of ${length} bytes is too long`);
    writeLength(bytes, length);
    if (bytes.length > POOL_MAX_BYTES) this.#packr.useBuffer(freshPool(bytes));
    return bytes;
  }
}

// msgpackr's buffer grows with the longest frame and stays so; a fresh one of the same kind of bytes takes its place.
function freshPool(like: Uint8Array): Uint8Array {
  return Object.setPrototypeOf(new Uint8Array(POOL_BYTES), Object.getPrototypeOf(like));
}

function writeLength(bytes: Uint8Array, length: number): void {
  bytes[0] = length >>> 24;
  bytes[1] = length >>> 16;
  bytes[2] = length >>> 8;
  bytes[3] = length;
}

/** Cuts a stream of bytes into frames and decodes them. What does not fit the limits is refused before it is decoded. */
export class FrameReader {
  readonly #shapes = frameShapes();
  readonly #packr = new Packr({ useRecords: false, moreTypes: false });
  readonly #chunks = new ChunkList();
  #maxBytes = FIRST_FRAME_MAX_BYTES;

  /** The peer has said who it is: frames may be long now. */
  trustPeer(): void {
    this.#maxBytes = FRAME_MAX_BYTES;
  }

  /**
   * @param onFrame told of each frame that is complete; false stops
   * @returns what is left when it was stopped
   * @throws ProtocolError
   */
  feed(bytes: Uint8Array, onFrame: (frame: Frame) => boolean): Uint8Array | undefined {
    let rest = bytes;
    if (this.#chunks.length > 0) {
      this.#chunks.push(rest);
      if (this.#chunks.length < this.#neededBytes()) return undefined;
      rest = this.#chunks.take();
    }
    while (rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#checkLength(readLength(rest));
      if (rest.length < end) break;
      const frame = this.#decode(rest.subarray(LENGTH_BYTES, end));
      rest = rest.subarray(end);
      if (!onFrame(frame)) return rest;
    }
    if (rest.length > 0) this.#chunks.push(rest);
    return undefined;
  }

  #decode(bytes: Uint8Array): Frame {
    scanMsgpack(bytes, FRAME_MAX_DEPTH);
    let value: unknown;
    try {
      value = this.#packr.unpack(bytes);
    } catch (cause) {
      throw new ProtocolError('frame does not decode', { cause });
    }
    return toFrame(this.#shapes, value);
  }

  #neededBytes(): number {
    const head = this.#chunks.peek(LENGTH_BYTES);
    if (head.length < LENGTH_BYTES) return LENGTH_BYTES;
    return LENGTH_BYTES + this.#checkLength(readLength(head));
  }

  #checkLength(length: number): number {
    if (length > this.#maxBytes) throw new ProtocolError(`frame of ${length} bytes is too long`);
    return length;
  }
}

function readLength(bytes: Uint8Array): number {
  let length = 0;
  for (let i = 0; i < LENGTH_BYTES; i++) length = length * 256 + (bytes[i] as number);
  return length;
}
