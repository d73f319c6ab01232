const SMALL_BYTES = 8 * 1024;
const BLOCK_BYTES = 32 * 1024;

/** Bytes that came in pieces, kept until enough are there. A flood of tiny pieces costs no more than its bytes. */
export class ChunkList {
  readonly #chunks: Uint8Array[] = [];
  #block: Uint8Array | undefined;
  #blockFilled = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    this.#length += chunk.length;
    if (this.#chunks.length === 0 || chunk.length >= SMALL_BYTES) {
      this.#closeBlock();
      this.#chunks.push(chunk);
      return;
    }
    if (this.#block === undefined || this.#block.length - this.#blockFilled < chunk.length) {
      this.#closeBlock();
      this.#block = new Uint8Array(BLOCK_BYTES);
      this.#chunks.push(this.#block);
    }
    this.#block.set(chunk, this.#blockFilled);
    this.#blockFilled += chunk.length;
  }

  /** The first bytes, at most `count`. */
  peek(count: number): Uint8Array {
    // Only the last chunk can be a block with room left, and head never reaches into that room.
    const head = new Uint8Array(Math.min(count, this.#length));
    let filled = 0;
    for (const chunk of this.#chunks) {
      if (filled === head.length) break;
      const part = chunk.subarray(0, head.length - filled);
      head.set(part, filled);
      filled += part.length;
    }
    return head;
  }

  /** All of it in one piece; the list is empty afterwards. */
  take(): Uint8Array {
    this.#closeBlock();
    const [first] = this.#chunks;
    if (first === undefined) return new Uint8Array(0);
    const whole = this.#chunks.length === 1 ? first : this.#join();
    this.#chunks.length = 0;
    this.#length = 0;
    return whole;
  }

  #join(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  #closeBlock(): void {
    if (this.#block !== undefined)
      this.#chunks[this.#chunks.length - 1] = this.#block.subarray(0, this.#blockFilled);
    this.#block = undefined;
    this.#blockFilled = 0;
  }
}
