import { VirError, type VirErrorFields } from '@modvirt/core/errors';
import type { ByteChannel, Clock, Timer } from '@modvirt/core/ports';
import {
  beginMessage,
  encodeError,
  finishMessage,
  type MessageHeader,
  messageStatuses,
  messageTypes,
  WireFormatError,
  type XdrFieldsCodec,
} from '@modvirt/core/wire';
import type { ClientLimits } from './client-limits.js';

const ONE_ZERO = new Uint8Array(1);

/** Everything that goes to one client. A client that does not read costs itself its connection. */
export class ClientOutput {
  readonly #channel: ByteChannel;
  readonly #clock: Clock;
  readonly #limits: ClientLimits;
  #written = 0;
  #stalled: Timer | undefined;
  #waiters: (() => void)[] = [];

  constructor(channel: ByteChannel, clock: Clock, limits: ClientLimits) {
    this.#channel = channel;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Whether the client leaves so much unread that nothing more should be begun for it. */
  get isBacklogged(): boolean {
    return this.#stalled !== undefined;
  }

  get carriesDescriptors(): boolean {
    return this.#channel.carriesDescriptors;
  }

  /** Answers `call` with values of the row's shape. @throws VirError when they make too long a message */
  reply(call: MessageHeader, codec: XdrFieldsCodec, values: unknown): void {
    const to = beginMessage({ ...call, type: messageTypes.reply, status: messageStatuses.ok });
    encodeValues(codec, values, to);
    this.send(finishMessage(to));
  }

  /**
   * The same with descriptors, which become ours: they follow the message, each with one zero byte that belongs to no message.
   */
  replyWithDescriptors(
    call: MessageHeader,
    codec: XdrFieldsCodec,
    values: unknown,
    descriptors: readonly number[],
  ): void {
    const to = beginMessage({ ...call, type: messageTypes.replyWithDescriptors, status: messageStatuses.ok });
    to.uint(descriptors.length);
    encodeValues(codec, values, to);
    this.send(finishMessage(to));
    for (const descriptor of descriptors) {
      this.#written += ONE_ZERO.length;
      this.#channel.write(ONE_ZERO, [descriptor]);
    }
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
    this.#written += bytes.length;
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

  /** Undefined when the client takes more; else resolves when it has read what was sent, or is gone. */
  drained(): Promise<void> | undefined {
    if (!this.#channel.isOpen || this.#stalled === undefined) return undefined;
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

  // A slow reader is no dead one: only one counts that took nothing at all.
  #watch(): void {
    if (this.#stalled !== undefined) return;
    const { stalledMs } = this.#limits;
    const taken = (): number => this.#written - this.#channel.pendingBytes;
    let before = taken();
    const check = (): void => {
      if (taken() === before) {
        this.#channel.destroy(new Error(`the client read nothing for ${stalledMs} ms`));
        return;
      }
      before = taken();
      this.#stalled = this.#clock.setTimer(stalledMs, check);
    };
    this.#stalled = this.#clock.setTimer(stalledMs, check);
  }
}

function encodeValues(codec: XdrFieldsCodec, values: unknown, to: ReturnType<typeof beginMessage>): void {
  try {
    codec.encode(values, to);
  } catch (cause) {
    if (!(cause instanceof WireFormatError)) throw cause;
    throw VirError.of('RPC', 'Unable to encode message payload', { domain: 'RPC', cause });
  }
}
