const SLAB_BYTES = 65536;
/** Less room than this is not worth a system call. */
const MIN_ROOM_BYTES = 4096;

/**
 * Room to read into, shared by all channels of a thread, since each reads and takes what it got in one go. Pieces
 * that were taken are never used again: they belong to whoever got them.
 */
export class ReadSlab {
  #slab = Buffer.alloc(0);
  #used = 0;

  /** Room for one read. */
  room(): Uint8Array {
    if (this.#slab.length - this.#used < MIN_ROOM_BYTES) {
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#used = 0;
    }
    return this.#used === 0 ? this.#slab : this.#slab.subarray(this.#used);
  }

  /** The first `length` bytes of what `room` last gave. */
  take(length: number): Uint8Array {
    const start = this.#used;
    this.#used += length;
    return this.#slab.subarray(start, this.#used);
  }
}
