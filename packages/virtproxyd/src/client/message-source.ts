import type { Descriptors } from '@modvirt/core/ports';
import {
  DESCRIPTORS_MAX,
  MessageReader,
  messageTypes,
  WireFormatError,
  type WireMessage,
} from '@modvirt/core/wire';

/** A message with the descriptors that came behind it; whoever takes them out owns them. */
export interface IncomingMessage extends WireMessage {
  readonly descriptors: number[];
}

/**
 * Puts messages and descriptors together: those that a message announces arrive after its last byte, each with a zero byte
 * that belongs to no message.
 */
export class MessageSource {
  readonly #reader: MessageReader;
  readonly #closer: Descriptors;
  readonly #descriptors: number[] = [];
  #waiting: { readonly message: WireMessage; readonly count: number } | undefined;

  constructor(maxBody: () => number, closer: Descriptors) {
    this.#reader = new MessageReader(maxBody);
    this.#closer = closer;
  }

  /** Whether a message has begun that is not whole. */
  get isPartial(): boolean {
    return this.#waiting !== undefined || this.#reader.pendingBytes > 0;
  }

  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
  }

  pushDescriptors(descriptors: readonly number[]): void {
    this.#descriptors.push(...descriptors);
    // Nobody announced so many: the sender is broken or worse.
    if (this.#descriptors.length > 2 * DESCRIPTORS_MAX) throw new WireFormatError('too many descriptors');
  }

  /** @throws WireFormatError when the bytes can be no message */
  next(): IncomingMessage | undefined {
    if (this.#waiting === undefined) {
      const message = this.#reader.next();
      if (message === undefined) return undefined;
      if (message.header.type !== messageTypes.callWithDescriptors) {
        return { header: message.header, payload: message.payload, descriptors: [] };
      }
      this.#waiting = announced(message);
    }
    const { message, count } = this.#waiting;
    if (!this.#reader.skip(count, this.#descriptors.length)) return undefined;
    this.#waiting = undefined;
    return { ...message, descriptors: this.#descriptors.splice(0, count) };
  }

  close(): void {
    for (const descriptor of this.#descriptors.splice(0)) this.#closer.close(descriptor);
  }
}

function announced(message: WireMessage): { message: WireMessage; count: number } {
  const { payload } = message;
  if (payload.length < 4) throw new WireFormatError('message ends before its number of descriptors');
  const count = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
  if (count > DESCRIPTORS_MAX)
    throw new WireFormatError(`${count} descriptors are more than ${DESCRIPTORS_MAX}`);
  return { message: { header: message.header, payload: payload.subarray(4) }, count };
}
