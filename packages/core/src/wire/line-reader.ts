import { ChunkList } from './chunk-list.js';

const NEWLINE = 0x0a;

/** Cuts a stream of UTF-8 into lines. What comes in tiny pieces costs no more than its bytes. */
export class LineReader {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #chunks = new ChunkList();

  /** Bytes of a line that has begun and has not ended. */
  get pendingBytes(): number {
    return this.#chunks.length;
  }

  /** Forgets the line that has begun. */
  clear(): void {
    this.#chunks.take();
  }

  /** @param onLine told of each line that has ended, without its newline */
  feed(bytes: Uint8Array, onLine: (line: string) => void): void {
    let rest = bytes;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      const last = rest.subarray(0, end);
      rest = rest.subarray(end + 1);
      onLine(this.#decoder.decode(this.#withWhatCame(last)));
    }
    if (rest.length > 0) this.#chunks.push(rest);
  }

  #withWhatCame(last: Uint8Array): Uint8Array {
    if (this.#chunks.length === 0) return last;
    this.#chunks.push(last);
    return this.#chunks.take();
  }
}
