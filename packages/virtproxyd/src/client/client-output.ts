import type { VirError, VirErrorFields } from '@modvirt/core/errors';
import type { ByteChannel, Clock, Timer } from '@modvirt/core/ports';
import {
  beginMessage,
  encodeError,
  finishMessage,
  type MessageHeader,
  messageStatuses,
  messageTypes,
  type XdrFieldsCodec,
} from '@modvirt/core/wire';
import type { ClientLimits } from './client-limits.js';

const ONE_ZERO = new Uint8Array(1);

/** Everything that goes to one client. A client that does not read costs itself its connection. */
export class ClientOutput {
  readonly #channel: ByteChannel;
  readonly #clock: Clock;
  readonly #limits: ClientLimits;
  #stalled: Timer | undefined;
  #waiters: (() => void)[] = [];

  constructor(channel: ByteChannel, clock: Clock, limits: ClientLimits) {
    this.#channel = channel;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Answers `call` with values of the row's shape. */
  reply(call: MessageHeader, codec: XdrFieldsCodec, values: unknown): void {
    const to = beginMessage({ ...call, type: messageTypes.reply, status: messageStatuses.ok });
    codec.encode(values, to);
    this.send(finishMessage(to));
  }

  /** The same with descriptors: they follow the message, each with one zero byte that belongs to no message. */
  replyWithDescriptors(
    call: MessageHeader,
    codec: XdrFieldsCodec,
    values: unknown,
    descriptors: readonly number[],
  ): void {
    const to = beginMessage({ ...call, type: messageTypes.replyWithDescriptors, status: messageStatuses.ok });
    to.uint(descriptors.length);
    codec.encode(values, to);
    this.send(finishMessage(to));
    for (const descriptor of descriptors) this.#channel.write(ONE_ZERO, [descriptor]);
  }

  replyError(call: MessageHeader, error: VirError): void {
    this.sendError({ ...call, type: messageTypes.reply, status: messageStatuses.error }, error.fields);
  }

  sendError(header: MessageHeader, fields: VirErrorFields): void {
    const to = beginMessage(header);
    encodeError(fields, to);
    this.send(finishMessage(to));
  }

  send(bytes: Uint8Array): void {
    if (!this.#channel.write(bytes)) this.#watch();
    if (this.#channel.pendingBytes > this.#limits.pendingBytes) {
      this.#channel.destroy(new Error(`the client left ${this.#channel.pendingBytes} bytes unread`));
    }
  }

  /** Something that the client did not ask for now. */
  sendEvent(bytes: Uint8Array): void {
    if (this.#channel.pendingBytes > this.#limits.pendingEventBytes) {
      this.#channel.destroy(new Error('the client does not read its events'));
      return;
    }
    this.send(bytes);
  }

  /** Resolves when the client has read what was sent, or is gone. */
  drained(): Promise<void> {
    if (!this.#channel.isOpen || this.#stalled === undefined) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  onDrain(): void {
    this.#stalled?.cancel();
    this.#stalled = undefined;
    for (const wake of this.#waiters.splice(0)) wake();
  }

  close(): void {
    this.onDrain();
  }

  #watch(): void {
    if (this.#stalled !== undefined) return;
    let left = this.#channel.pendingBytes;
    const check = (): void => {
      // A slow reader is no dead one: it counts only when nothing at all went out.
      if (this.#channel.pendingBytes < left) {
        left = this.#channel.pendingBytes;
        this.#stalled = this.#clock.setTimer(this.#limits.stalledMs, check);
        return;
      }
      this.#channel.destroy(new Error(`the client read nothing for ${this.#limits.stalledMs} ms`));
    };
    this.#stalled = this.#clock.setTimer(this.#limits.stalledMs, check);
  }
}
