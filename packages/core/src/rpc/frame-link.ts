import type { ByteChannel } from '../ports/byte-channel.js';
import type { Descriptors } from '../ports/descriptors.js';
import { FrameReader, type FrameWriter } from './frame-codec.js';
import type { Frame } from './frames.js';
import { DESCRIPTORS_MAX, UNREAD_MAX_BYTES } from './limits.js';
import { ProtocolError } from './protocol-error.js';

export interface FrameHandlers {
  /** What it throws closes the link; a ProtocolError is the peer's fault. */
  onFrame(frame: Frame): void;
  onDrain?(): void;
  /** Last of all; with an error if the link broke. */
  onClose(error?: Error): void;
}

export interface FrameLinkOptions {
  readonly writer: FrameWriter;
  readonly descriptors: Descriptors;
}

/** Frames and descriptors over a channel. Whoever sends what is no frame, or never reads, loses the link. */
export class FrameLink {
  readonly channel: ByteChannel;
  readonly #writer: FrameWriter;
  readonly #reader = new FrameReader();
  readonly #descriptors: Descriptors;
  readonly #unclaimed: number[] = [];
  #receivedChunks = 0;
  #isFull = false;
  #handlers: FrameHandlers | undefined;
  /** What came while frames are kept back. */
  #held: Uint8Array[] | undefined;

  constructor(channel: ByteChannel, options: FrameLinkOptions) {
    this.channel = channel;
    this.#writer = options.writer;
    this.#descriptors = options.descriptors;
  }

  /** Grows with whatever the peer sends: a sign of life. */
  get receivedChunks(): number {
    return this.#receivedChunks;
  }

  get isOpen(): boolean {
    return this.channel.isOpen;
  }

  /** Enough is queued: what can wait should, until `onDrain`. */
  get isFull(): boolean {
    return this.#isFull;
  }

  start(handlers: FrameHandlers): void {
    this.#handlers = handlers;
    this.channel.setHandlers({
      onData: (bytes) => this.#receive(bytes),
      onDescriptors: (descriptors) => this.#keep(descriptors),
      onDrain: () => {
        this.#isFull = false;
        handlers.onDrain?.();
      },
      onClose: (error) => {
        this.closeDescriptors(this.#unclaimed.splice(0));
        handlers.onClose(error);
      },
    });
  }

  /** The peer is known: its frames may be long. */
  trustPeer(): void {
    this.#reader.trustPeer();
  }

  /** Keeps frames back until `release`. */
  hold(): void {
    this.#held ??= [];
    this.channel.pause();
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const bytes of held) this.#receive(bytes);
    if (this.#held === undefined) this.channel.resume();
  }

  /** @param descriptors owned by the link from here, whatever becomes of it */
  send(frame: Frame, descriptors: readonly number[] = []): void {
    let bytes: Uint8Array;
    try {
      bytes = this.#writer.encode(frame);
    } catch (error) {
      this.closeDescriptors(descriptors);
      throw error;
    }
    if (descriptors.length === 0) {
      this.#write(bytes);
      return;
    }
    if (!this.channel.carriesDescriptors) {
      this.closeDescriptors(descriptors);
      throw new Error(`${this.channel.description} carries no descriptors`);
    }
    // The length word alone goes with the descriptors: one small message of the kernel, whatever the frame's size.
    this.channel.write(bytes.subarray(0, 4), descriptors);
    this.#write(bytes.subarray(4));
  }

  /** A piece of a stream; not copied, so it must not change afterwards. */
  sendData(id: number, bytes: Uint8Array): void {
    this.#write(this.#writer.dataHead(id, bytes.length));
    this.#write(bytes);
  }

  /** An event that was encoded before, for one subscription. */
  sendEvent(eventKind: number, subscription: number, event: Uint8Array): void {
    for (const part of this.#writer.encodeAround([eventKind, subscription], event)) this.#write(part);
  }

  /** Hands over the descriptors that came with a frame. */
  takeDescriptors(count: number): readonly number[] {
    if (count > this.#unclaimed.length) throw new ProtocolError('descriptors are missing');
    return this.#unclaimed.splice(0, count);
  }

  closeDescriptors(descriptors: readonly number[]): void {
    for (const descriptor of descriptors) this.#descriptors.close(descriptor);
  }

  /** Closes once what is queued has been sent. */
  end(): void {
    this.channel.end();
  }

  destroy(error?: Error): void {
    this.channel.destroy(error);
  }

  #write(bytes: Uint8Array): void {
    if (!this.channel.isOpen || this.channel.write(bytes)) return;
    this.#isFull = true;
    if (this.channel.pendingBytes > UNREAD_MAX_BYTES) {
      this.destroy(new ProtocolError('peer does not read what it asked for'));
    }
  }

  #receive(bytes: Uint8Array): void {
    if (!this.channel.isOpen) return;
    this.#receivedChunks++;
    if (this.#held !== undefined) {
      this.#keepBack(bytes);
      return;
    }
    try {
      const rest = this.#reader.feed(bytes, (frame) => {
        this.#handlers?.onFrame(frame);
        return this.channel.isOpen && this.#held === undefined;
      });
      if (rest !== undefined && rest.length > 0) this.#keepBack(rest);
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #keepBack(bytes: Uint8Array): void {
    this.#held?.push(bytes);
  }

  #keep(descriptors: readonly number[]): void {
    this.#unclaimed.push(...descriptors);
    if (this.#unclaimed.length > DESCRIPTORS_MAX) {
      this.destroy(new ProtocolError('more descriptors than frames that claim them'));
    }
  }
}
