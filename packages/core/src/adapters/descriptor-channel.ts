import type { Native, PollHandle } from '@modvirt/native';
import type { ByteChannel, ByteChannelHandlers, PeerCredentials } from '../ports/byte-channel.js';
import { hasCode, toError } from './native-error.js';
import type { ReadSlab } from './read-slab.js';
import { type Sending, WriteQueue } from './write-queue.js';

const READABLE = 1;
const WRITABLE = 2;
const DISCONNECTED = 4;
/** `write` says false from here on. */
const HIGH_WATER_BYTES = 262144;
/** Reads for one readiness, so that one busy peer does not hold up the others. */
const READS_PER_TURN = 16;

/** What differs between a socket and a terminal. */
export interface Transport extends Sending {
  readonly descriptor: number;
  readonly description: string;
  readonly peer: PeerCredentials | undefined;
  readonly carriesDescriptors: boolean;
  /** 0 is the end, -1 "not now". */
  receive(room: Uint8Array, descriptors: number[]): number;
}

/** A channel over a non-blocking descriptor of the system, which it owns. */
export class DescriptorChannel implements ByteChannel {
  readonly #native: Native;
  readonly #transport: Transport;
  readonly #slab: ReadSlab;
  readonly #poll: PollHandle;
  readonly #queue: WriteQueue;
  #handlers: ByteChannelHandlers | undefined;
  #events = 0;
  #state: 'open' | 'ending' | 'closed' = 'open';
  #paused = false;
  #peerEnded = false;
  #toldGone = false;
  /** The loop is calling us, and will flush at the end. */
  #isInTurn = false;
  /** The kernel takes no more for now. */
  #blocked = false;
  #owesDrain = false;
  #flushIsDue = false;
  #closeError: Error | undefined;

  constructor(native: Native, transport: Transport, slab: ReadSlab) {
    this.#native = native;
    this.#transport = transport;
    this.#slab = slab;
    this.#queue = new WriteQueue((descriptor) => native.closeDescriptor(descriptor));
    this.#poll = native.pollOpen(transport.descriptor, (events) => this.#onReady(events));
  }

  get description(): string {
    return this.#transport.description;
  }

  get peer(): PeerCredentials | undefined {
    return this.#transport.peer;
  }

  get carriesDescriptors(): boolean {
    return this.#transport.carriesDescriptors;
  }

  get pendingBytes(): number {
    return this.#queue.pendingBytes;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  setHandlers(handlers: ByteChannelHandlers): void {
    if (this.#handlers !== undefined) throw new TypeError('the channel has its handlers already');
    this.#handlers = handlers;
    if (this.#state === 'closed') this.#tellClosed();
    else this.#watch();
  }

  write(bytes: Uint8Array, descriptors: readonly number[] = []): boolean {
    this.#checkDescriptors(bytes, descriptors);
    if (this.#state !== 'open') {
      for (const descriptor of descriptors) this.#native.closeDescriptor(descriptor);
      return true;
    }
    this.#queue.push(bytes, descriptors);
    if (this.#queue.pendingBytes < HIGH_WATER_BYTES) {
      this.#flushSoon();
      return true;
    }
    if (!this.#blocked) this.#flush();
    this.#owesDrain = this.#queue.pendingBytes > 0;
    return !this.#owesDrain;
  }

  pause(): void {
    this.#paused = true;
    this.#watch();
  }

  resume(): void {
    this.#paused = false;
    this.#watch();
  }

  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#watch();
    if (this.#queue.pendingBytes === 0) this.#close();
    else this.#flushSoon();
  }

  destroy(error?: Error): void {
    if (this.#state !== 'closed') this.#close(error);
  }

  #checkDescriptors(bytes: Uint8Array, descriptors: readonly number[]): void {
    if (descriptors.length === 0) return;
    if (!this.#transport.carriesDescriptors)
      throw new TypeError(`${this.description} carries no descriptors`);
    if (bytes.length === 0) throw new TypeError('descriptors need a byte to travel with');
  }

  #onReady(events: number): void {
    this.#isInTurn = true;
    if (events & WRITABLE) {
      this.#blocked = false;
      this.#flush();
    }
    if ((events & READABLE) !== 0) this.#read();
    if ((events & DISCONNECTED) !== 0 && this.#paused) this.#onPeerGone();
    this.#isInTurn = false;
    if (this.#flushIsDue) this.#flush();
  }

  #onPeerGone(): void {
    if (this.#toldGone || this.#state !== 'open') return;
    this.#toldGone = true;
    this.#watch();
    this.#handlers?.onPeerGone?.();
  }

  #read(): void {
    for (let reads = 0; reads < READS_PER_TURN && this.#isReading(); reads++) {
      const room = this.#slab.room();
      const length = this.#readOnce(room);
      if (length < room.length) return;
    }
  }

  /** @returns bytes read; 0 for none */
  #readOnce(room: Uint8Array): number {
    const descriptors: number[] = [];
    let length: number;
    try {
      length = this.#transport.receive(room, descriptors);
    } catch (error) {
      this.#close(toError(error));
      return 0;
    }
    if (length < 0) return 0;
    if (descriptors.length > 0) this.#deliverDescriptors(descriptors);
    if (length > 0) this.#handlers?.onData(this.#slab.take(length));
    else this.#onPeerEnd();
    return length;
  }

  #deliverDescriptors(descriptors: readonly number[]): void {
    if (this.#handlers?.onDescriptors !== undefined) {
      this.#handlers.onDescriptors(descriptors);
      return;
    }
    for (const descriptor of descriptors) this.#native.closeDescriptor(descriptor);
  }

  #onPeerEnd(): void {
    if (this.#handlers?.onPeerEnd === undefined) {
      this.#close();
      return;
    }
    this.#peerEnded = true;
    this.#watch();
    this.#handlers.onPeerEnd();
  }

  /** At the end of this turn, after whatever else it still writes. */
  #flushSoon(): void {
    if (this.#flushIsDue || this.#blocked) return;
    this.#flushIsDue = true;
    if (this.#isInTurn) return;
    setImmediate(() => {
      if (this.#flushIsDue) this.#flush();
    });
  }

  #flush(): void {
    this.#flushIsDue = false;
    if (this.#state === 'closed') return;
    try {
      this.#blocked = !this.#queue.flush(this.#transport);
    } catch (error) {
      this.#close(toError(error));
      return;
    }
    if (this.#blocked) {
      this.#watch();
      return;
    }
    if (this.#state === 'ending') this.#close();
    else this.#watch();
    if (this.#owesDrain && this.#state === 'open') process.nextTick(() => this.#tellDrained());
  }

  #tellDrained(): void {
    if (!this.#owesDrain || this.#state !== 'open' || this.#queue.pendingBytes > 0) return;
    this.#owesDrain = false;
    this.#handlers?.onDrain?.();
  }

  #isReading(): boolean {
    return this.#state === 'open' && this.#handlers !== undefined && !this.#paused && !this.#peerEnded;
  }

  /** Tells the kernel what we wait for, if that has changed. */
  #watch(): void {
    if (this.#state === 'closed') return;
    const reading = this.#isReading() ? READABLE : 0;
    const wantsEnd = this.#handlers?.onPeerGone !== undefined && this.#paused;
    const watchingForEnd = wantsEnd && !this.#toldGone && !this.#peerEnded ? DISCONNECTED : 0;
    const events = reading | watchingForEnd | (this.#blocked ? WRITABLE : 0);
    if (events === this.#events) return;
    this.#events = events;
    this.#native.pollStart(this.#poll, events);
  }

  #close(error?: Error): void {
    if (this.#state === 'closed') return;
    // A peer that went away is an end like any other to one who does not wait for its answer.
    this.#closeError = hasCode(error, 'EPIPE') && this.#state === 'ending' ? undefined : error;
    this.#state = 'closed';
    this.#native.pollClose(this.#poll);
    this.#native.closeDescriptor(this.#transport.descriptor);
    this.#queue.clear();
    if (this.#handlers !== undefined) this.#tellClosed();
  }

  #tellClosed(): void {
    process.nextTick(() => this.#handlers?.onClose(this.#closeError));
  }
}
