import { WireFormatError } from './wire-error.js';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const SHORT = 64;

/** Reads XDR (RFC 4506) from bytes; what is not there is a WireFormatError. */
export class XdrReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #offset: number;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#offset = offset;
    this.#end = end;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#end - this.#offset;
  }

  int(): number {
    return this.#view.getInt32(this.#take(4));
  }

  uint(): number {
    return this.#view.getUint32(this.#take(4));
  }

  hyper(): bigint {
    return this.#view.getBigInt64(this.#take(8));
  }

  uhyper(): bigint {
    return this.#view.getBigUint64(this.#take(8));
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8));
  }

  /** A view of `length` bytes; the padding behind them is skipped. */
  opaque(length: number): Uint8Array {
    const at = this.#take((length + 3) & ~3);
    return this.#bytes.subarray(at, at + length);
  }

  /** A length word and so many bytes. */
  counted(max: number): Uint8Array {
    const length = this.uint();
    if (length > max) throw new WireFormatError(`${length} bytes are more than ${max}`);
    return this.opaque(length);
  }

  string(max: number): string {
    const bytes = this.counted(max);
    if (bytes.length > SHORT) return decoder.decode(bytes);
    let text = '';
    for (const byte of bytes) {
      if (byte > 127) return decoder.decode(bytes);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #take(length: number): number {
    const at = this.#offset;
    if (length > this.#end - at) throw new WireFormatError('message ends too early');
    this.#offset = at + length;
    return at;
  }
}
