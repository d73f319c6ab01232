import { WireFormatError } from './wire-error.js';

const encoder = new TextEncoder();
/** Strings up to this length are written character by character: cheaper than asking the encoder. */
const SHORT = 64;

/** Collects bytes in XDR (RFC 4506): big-endian, aligned to 4. */
export class XdrWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #offset = 0;
  readonly #max: number;

  /** @param max the most bytes that may be written */
  constructor(max: number, initial = 512) {
    this.#max = max;
    this.#bytes = new Uint8Array(initial);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#offset;
  }

  /** What was written; a view, not a copy. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#offset);
  }

  int(value: number): void {
    const at = this.#take(4);
    this.#view.setInt32(at, value);
  }

  uint(value: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, value);
  }

  hyper(value: bigint): void {
    const at = this.#take(8);
    this.#view.setBigInt64(at, value);
  }

  uhyper(value: bigint): void {
    const at = this.#take(8);
    this.#view.setBigUint64(at, value);
  }

  double(value: number): void {
    const at = this.#take(8);
    this.#view.setFloat64(at, value);
  }

  /** Bytes as they are, without a length, padded with zeros. */
  opaque(bytes: Uint8Array): void {
    const at = this.#take((bytes.length + 3) & ~3);
    this.#bytes.set(bytes, at);
    this.#bytes.fill(0, at + bytes.length, this.#offset);
  }

  string(text: string, max: number): void {
    if (text.length > max) throw new WireFormatError(`string of ${text.length} bytes is longer than ${max}`);
    if (text.length <= SHORT ? this.#shortAscii(text) : this.#longAscii(text)) return;
    const bytes = encoder.encode(text);
    if (bytes.length > max)
      throw new WireFormatError(`string of ${bytes.length} bytes is longer than ${max}`);
    this.uint(bytes.length);
    this.opaque(bytes);
  }

  /** Room for `length` bytes, for a caller that writes them itself. @returns where */
  reserve(length: number): { readonly bytes: Uint8Array; readonly offset: number } {
    const offset = this.#take(length);
    return { bytes: this.#bytes, offset };
  }

  /** Overwrites a word that was written before. */
  patchUint(offset: number, value: number): void {
    this.#view.setUint32(offset, value);
  }

  /** Encodes in place, which succeeds when every character takes one byte. */
  #longAscii(text: string): boolean {
    const start = this.#offset;
    const length = text.length;
    const at = this.#take(4 + ((length + 3) & ~3));
    const { read } = encoder.encodeInto(text, this.#bytes.subarray(at + 4, at + 4 + length));
    if (read < length) {
      this.#offset = start;
      return false;
    }
    this.#view.setUint32(at, length);
    this.#bytes.fill(0, at + 4 + length, this.#offset);
    return true;
  }

  #shortAscii(text: string): boolean {
    const start = this.#offset;
    const length = text.length;
    const at = this.#take(4 + ((length + 3) & ~3));
    this.#view.setUint32(at, length);
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) {
        this.#offset = start;
        return false;
      }
      bytes[at + 4 + i] = code;
    }
    bytes.fill(0, at + 4 + length, this.#offset);
    return true;
  }

  #take(length: number): number {
    const at = this.#offset;
    const end = at + length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#offset = end;
    return at;
  }

  #grow(needed: number): void {
    if (needed > this.#max) throw new WireFormatError(`message is longer than ${this.#max} bytes`);
    const bytes = new Uint8Array(Math.min(this.#max, Math.max(needed, this.#bytes.length * 2)));
    bytes.set(this.#bytes.subarray(0, this.#offset));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
