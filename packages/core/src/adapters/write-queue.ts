/** How queued bytes leave: number of bytes taken, or -1 for "not now". */
export interface Sending {
  send(pieces: readonly Uint8Array[], skip: number): number;
  sendWithDescriptors(bytes: Uint8Array, descriptors: Int32Array): number;
}

interface Piece {
  bytes: Uint8Array;
  /** Emptied when they are sent. */
  descriptors: readonly number[];
}

/** One system call takes no more pieces than this (IOV_MAX). */
const MAX_PIECES = 1024;

/**
 * Bytes on their way to the kernel, in order; a piece with descriptors goes alone. It owns the descriptors until `closeWith`
 * gets them.
 */
export class WriteQueue {
  #pieces: Piece[] = [];
  /** Bytes of the first piece that are gone already. */
  #skip = 0;
  #pendingBytes = 0;
  readonly #closeDescriptor: (descriptor: number) => void;

  constructor(closeDescriptor: (descriptor: number) => void) {
    this.#closeDescriptor = closeDescriptor;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  push(bytes: Uint8Array, descriptors: readonly number[]): void {
    if (bytes.length === 0) return;
    this.#pieces.push({ bytes, descriptors });
    this.#pendingBytes += bytes.length;
  }

  /** Gives the kernel what it takes. @returns whether the queue is empty now */
  flush(sending: Sending): boolean {
    while (this.#pieces.length > 0) {
      const sent = this.#sendSome(sending);
      if (sent < 0) return false;
      this.#drop(sent);
    }
    return true;
  }

  /** Forgets everything. */
  clear(): void {
    for (const piece of this.#pieces) this.#release(piece);
    this.#pieces = [];
    this.#skip = 0;
    this.#pendingBytes = 0;
  }

  #sendSome(sending: Sending): number {
    const [first] = this.#pieces;
    if (first === undefined) return 0;
    if (first.descriptors.length > 0) {
      const sent = sending.sendWithDescriptors(first.bytes, Int32Array.from(first.descriptors));
      if (sent > 0) this.#release(first);
      return sent;
    }
    // What is left of a piece whose descriptors are gone may go with what follows.
    const plain: Uint8Array[] = [];
    for (const piece of this.#pieces) {
      if (piece.descriptors.length > 0 || plain.length === MAX_PIECES) break;
      plain.push(piece.bytes);
    }
    return sending.send(plain, this.#skip);
  }

  #drop(sent: number): void {
    this.#pendingBytes -= sent;
    let gone = sent + this.#skip;
    let count = 0;
    for (const piece of this.#pieces) {
      if (gone < piece.bytes.length) break;
      gone -= piece.bytes.length;
      count += 1;
    }
    this.#skip = gone;
    if (count === this.#pieces.length) this.#pieces = [];
    else if (count > 0) this.#pieces.splice(0, count);
  }

  #release(piece: Piece): void {
    for (const descriptor of piece.descriptors) this.#closeDescriptor(descriptor);
    piece.descriptors = [];
  }
}
