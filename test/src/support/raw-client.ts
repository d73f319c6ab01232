import { connect, type Socket } from 'node:net';
import { type Procedure, type Program, remoteProgram } from '@modvirt/core/protocol';
import { encodeCall } from '@modvirt/core/testing';
import {
  decodeError,
  MessageReader,
  messageStatuses,
  messageTypes,
  type WireMessage,
  XdrReader,
  xdrCodec,
} from '@modvirt/core/wire';

type Name = keyof typeof remoteProgram.procedures;

/** Speaks libvirt's protocol over a socket, and rubbish too. */
export class RawClient {
  readonly socket: Socket;
  isClosed = false;
  readonly #reader = new MessageReader();
  readonly #waiting = new Map<number, (message: WireMessage) => void>();
  readonly #ended: Promise<void>;
  #serial = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    // A reset is one way to lose a connection.
    socket.on('error', () => undefined);
    this.#ended = new Promise((resolve) => {
      socket.once('close', () => {
        this.isClosed = true;
        resolve();
      });
    });
  }

  static connect(path: string): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('error', reject);
      socket.once('connect', () => resolve(new RawClient(socket)));
    });
  }

  /** A client that has opened qemu:///system. */
  static async opened(path: string): Promise<RawClient> {
    const client = await RawClient.connect(path);
    await client.call('authList');
    await client.call('connectOpen', { name: 'qemu:///system', flags: 0 });
    return client;
  }

  /** Resolves when the other side has closed the connection. */
  ended(): Promise<void> {
    return this.#ended;
  }

  call(name: Name, args: unknown = {}): Promise<unknown> {
    return this.callOf(remoteProgram, remoteProgram.procedures[name], args);
  }

  callOf(program: Program, row: Procedure, args: unknown): Promise<unknown> {
    const serial = this.#serial++;
    this.socket.write(encodeCall(program, row, serial, args));
    return new Promise((resolve, reject) => {
      this.#waiting.set(serial, ({ header, payload }) => {
        if (header.status === messageStatuses.error) reject(new Error(decodeError(payload).message));
        else resolve(xdrCodec(row.returns).decode(new XdrReader(payload)));
      });
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #receive(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    for (let message = this.#reader.next(); message !== undefined; message = this.#reader.next()) {
      const { serial, type } = message.header;
      if (type !== messageTypes.reply) continue;
      this.#waiting.get(serial)?.(message);
      this.#waiting.delete(serial);
    }
  }
}
