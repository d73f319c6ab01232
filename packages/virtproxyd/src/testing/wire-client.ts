import type { VirErrorFields } from '@modvirt/core/errors';
import type { ByteChannel } from '@modvirt/core/ports';
import { type Procedure, type Program, remoteProgram } from '@modvirt/core/protocol';
import { encodeCall } from '@modvirt/core/testing';
import {
  decodeError,
  encodeMessage,
  type MessageHeader,
  MessageReader,
  messageStatuses,
  messageTypes,
  type WireMessage,
  XdrReader,
  xdrCodec,
} from '@modvirt/core/wire';

const NOTHING = new Uint8Array(0);

/** A libvirt client for tests: says what it is told to and keeps what it hears. */
export class WireClient {
  readonly channel: ByteChannel;
  readonly descriptors: number[] = [];
  isClosed = false;
  readonly #reader = new MessageReader();
  readonly #heard: WireMessage[] = [];
  #wake: () => void = () => undefined;
  #serial = 0;

  constructor(channel: ByteChannel) {
    this.channel = channel;
    channel.setHandlers({
      onData: (bytes) => {
        this.#reader.push(bytes);
        this.#sort();
        this.#wake();
      },
      onDescriptors: (descriptors) => this.descriptors.push(...descriptors),
      onClose: () => {
        this.isClosed = true;
        this.#wake();
      },
    });
  }

  /** The next message. @throws when the connection closes instead */
  async next(): Promise<WireMessage> {
    for (;;) {
      const message = this.#heard.shift();
      if (message !== undefined) return message;
      if (this.isClosed) throw new Error('the connection was closed');
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  get heard(): number {
    return this.#heard.length;
  }

  async closed(): Promise<void> {
    while (!this.isClosed) {
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  /** Sends any message. @returns its serial */
  send(header: Partial<MessageHeader>, payload: Uint8Array = NOTHING): number {
    const serial = header.serial ?? this.#serial++;
    const { number: program, version } = remoteProgram;
    const defaults = { program, version, procedure: 0, type: messageTypes.call, status: messageStatuses.ok };
    this.channel.write(encodeMessage({ ...defaults, ...header, serial }, payload));
    return serial;
  }

  /** Calls a procedure of the remote program without waiting. @returns the serial */
  begin(name: keyof typeof remoteProgram.procedures, args: unknown = {}): number {
    return this.beginOf(remoteProgram, remoteProgram.procedures[name], args);
  }

  beginOf(program: Program, row: Procedure, args: unknown): number {
    const serial = this.#serial++;
    this.channel.write(encodeCall(program, row, serial, args));
    return serial;
  }

  /** Calls and takes the next message as the answer. @throws its error's fields as AnsweredError */
  async call(name: keyof typeof remoteProgram.procedures, args: unknown = {}): Promise<unknown> {
    return this.callOf(remoteProgram, remoteProgram.procedures[name], args);
  }

  async callOf(program: Program, row: Procedure, args: unknown = {}): Promise<unknown> {
    const serial = this.beginOf(program, row, args);
    const message = await this.next();
    if (message.header.serial !== serial || message.header.type === messageTypes.message) {
      throw new Error(`expected the answer to ${serial}, heard ${JSON.stringify(message.header)}`);
    }
    return this.valuesOf(message, row);
  }

  valuesOf(message: WireMessage, row: Procedure): unknown {
    if (message.header.status === messageStatuses.error)
      throw new AnsweredError(decodeError(message.payload));
    const skipped = message.header.type === messageTypes.replyWithDescriptors ? 4 : 0;
    return xdrCodec(row.returns).decode(new XdrReader(message.payload, skipped));
  }

  /** What the error of a call says. */
  async refused(call: Promise<unknown>): Promise<VirErrorFields> {
    try {
      await call;
    } catch (error) {
      if (error instanceof AnsweredError) return error.fields;
      throw error;
    }
    throw new Error('the call succeeded');
  }

  // One zero byte comes with each descriptor, behind its message.
  #sort(): void {
    for (let message = this.#reader.next(); message !== undefined; message = this.#reader.next()) {
      this.#heard.push(message);
      if (message.header.type !== messageTypes.replyWithDescriptors) continue;
      const count = new XdrReader(message.payload).uint();
      this.#reader.skip(count, this.descriptors.length);
    }
  }
}

/** A call was answered with an error. */
export class AnsweredError extends Error {
  readonly fields: VirErrorFields;

  constructor(fields: VirErrorFields) {
    super(fields.message);
    this.fields = fields;
  }
}
