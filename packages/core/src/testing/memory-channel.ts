import type { ByteChannel, ByteChannelHandlers, PeerCredentials } from '../ports/byte-channel.js';
import type { Descriptors } from '../ports/descriptors.js';

/** `write` says false from here on. */
const HIGH_WATER_BYTES = 262144;

interface Packet {
  readonly bytes: Uint8Array;
  readonly descriptors: readonly number[];
}

export interface MemoryChannelOptions {
  readonly description?: string;
  readonly peer?: PeerCredentials;
  /** With it the channel carries descriptors: the sender's number is handed over as it is. */
  readonly descriptors?: Descriptors;
}

/** One end of a channel in memory. What is written arrives in a microtask, all that one turn wrote as one piece. */
export class MemoryChannel implements ByteChannel {
  readonly description: string;
  readonly peer: PeerCredentials | undefined;
  readonly #descriptors: Descriptors | undefined;
  #other: MemoryChannel | undefined;
  #handlers: ByteChannelHandlers | undefined;
  /** Written by us, not yet taken by the other end. */
  #sent: Packet[] = [];
  #pendingBytes = 0;
  #state: 'open' | 'ending' | 'closed' = 'open';
  #isPaused = false;
  #owesDrain = false;
  #pumpIsDue = false;
  #sawPeerEnd = false;
  #error: Error | undefined;

  private constructor(options: MemoryChannelOptions) {
    this.description = options.description ?? 'memory';
    this.peer = options.peer;
    this.#descriptors = options.descriptors;
  }

  static pair(
    one: MemoryChannelOptions = {},
    other: MemoryChannelOptions = one,
  ): [MemoryChannel, MemoryChannel] {
    const left = new MemoryChannel(one);
    const right = new MemoryChannel(other);
    left.#other = right;
    right.#other = left;
    return [left, right];
  }

  get carriesDescriptors(): boolean {
    return this.#descriptors !== undefined;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  setHandlers(handlers: ByteChannelHandlers): void {
    if (this.#handlers !== undefined) throw new TypeError('the channel has its handlers already');
    this.#handlers = handlers;
    if (this.#state === 'closed') this.#tellClosed();
    else this.#pumpSoon();
  }

  write(bytes: Uint8Array, descriptors: readonly number[] = []): boolean {
    if (descriptors.length > 0 && this.#descriptors === undefined) {
      throw new TypeError(`${this.description} carries no descriptors`);
    }
    if (descriptors.length > 0 && bytes.length === 0)
      throw new TypeError('descriptors need a byte to travel with');
    if (this.#state !== 'open') {
      this.#closeAll([{ bytes, descriptors }]);
      return true;
    }
    if (bytes.length === 0) return true;
    this.#sent.push({ bytes: bytes.slice(), descriptors });
    this.#pendingBytes += bytes.length;
    this.#wakeOther();
    this.#owesDrain = this.#pendingBytes >= HIGH_WATER_BYTES;
    return !this.#owesDrain;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#pumpSoon();
  }

  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    if (this.#sent.length === 0) this.#close();
  }

  destroy(error?: Error): void {
    if (this.#state !== 'closed') this.#close(error);
  }

  #pumpSoon(): void {
    if (this.#pumpIsDue) return;
    this.#pumpIsDue = true;
    queueMicrotask(() => {
      this.#pumpIsDue = false;
      this.#pump();
    });
  }

  #wakeOther(): void {
    const other = this.#other;
    if (other !== undefined) other.#pumpSoon();
  }

  /** Takes what the other end has written, and sees its end. */
  #pump(): void {
    const other = this.#other;
    if (other === undefined || this.#state !== 'open' || this.#handlers === undefined) return;
    if (this.#isPaused) {
      if (other.#state === 'closed') this.#handlers.onPeerGone?.();
      return;
    }
    const packets = other.#takeSent();
    for (const { descriptors } of packets) this.#deliver(descriptors);
    if (packets.length > 0) this.#handlers.onData(joined(packets));
    if (other.#state === 'closed' && this.#state === 'open') this.#onPeerEnd();
  }

  #takeSent(): Packet[] {
    const packets = this.#sent;
    this.#sent = [];
    this.#pendingBytes = 0;
    if (this.#state === 'ending') this.#close();
    else if (this.#owesDrain) queueMicrotask(() => this.#tellDrained());
    return packets;
  }

  #tellDrained(): void {
    if (!this.#owesDrain || this.#state !== 'open' || this.#sent.length > 0) return;
    this.#owesDrain = false;
    this.#handlers?.onDrain?.();
  }

  #deliver(descriptors: readonly number[]): void {
    if (descriptors.length === 0) return;
    if (this.#handlers?.onDescriptors !== undefined) this.#handlers.onDescriptors(descriptors);
    else this.#closeAll([{ bytes: new Uint8Array(), descriptors }]);
  }

  #onPeerEnd(): void {
    if (this.#sawPeerEnd) return;
    this.#sawPeerEnd = true;
    if (this.#handlers?.onPeerEnd === undefined) this.#close();
    else this.#handlers.onPeerEnd();
  }

  #close(error?: Error): void {
    this.#state = 'closed';
    this.#error = error;
    this.#closeAll(this.#sent);
    this.#sent = [];
    this.#pendingBytes = 0;
    this.#wakeOther();
    if (this.#handlers !== undefined) this.#tellClosed();
  }

  #tellClosed(): void {
    queueMicrotask(() => this.#handlers?.onClose(this.#error));
  }

  #closeAll(packets: readonly Packet[]): void {
    for (const { descriptors } of packets) {
      for (const descriptor of descriptors) this.#descriptors?.close(descriptor);
    }
  }
}

function joined(packets: readonly Packet[]): Uint8Array {
  const result = new Uint8Array(packets.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of packets) {
    result.set(bytes, at);
    at += bytes.length;
  }
  return result;
}
