import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Native } from '@modvirt/native';
import type { ByteChannel } from '../ports/byte-channel.js';
import type { Terminal, Terminals } from '../ports/terminals.js';
import { DescriptorChannel, type Transport } from './descriptor-channel.js';
import { hasCode } from './native-error.js';
import { ReadSlab } from './read-slab.js';

export class NativeTerminals implements Terminals {
  readonly #native: Native;
  readonly #slab = new ReadSlab();

  constructor(native: Native) {
    this.#native = native;
  }

  open(): Terminal {
    const { descriptor, path } = this.#native.openPseudoTerminal();
    return { path, channel: this.#channel(descriptor, path) };
  }

  async attach(path: string): Promise<ByteChannel> {
    const file = await open(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    try {
      const facts = await file.stat();
      if (!facts.isCharacterDevice()) throw notATerminal(path);
      // A descriptor of our own: the one that Node has goes with its handle.
      const descriptor = this.#native.duplicate(file.fd);
      if (this.#native.isTerminal(descriptor)) this.#native.setRaw(descriptor);
      return this.#channel(descriptor, path);
    } finally {
      await file.close();
    }
  }

  #channel(descriptor: number, path: string): ByteChannel {
    return new DescriptorChannel(this.#native, terminalTransport(this.#native, descriptor, path), this.#slab);
  }
}

function terminalTransport(native: Native, descriptor: number, path: string): Transport {
  return {
    descriptor,
    peer: undefined,
    description: `terminal ${path}`,
    carriesDescriptors: false,
    send: (pieces, skip) => native.writePieces(descriptor, pieces, skip),
    sendWithDescriptors: () => {
      throw new TypeError('a terminal carries no descriptors');
    },
    receive: (room) => receive(native, descriptor, room),
  };
}

/** The kernel says EIO when the other side has been closed by the last that had it open. */
function receive(native: Native, descriptor: number, room: Uint8Array): number {
  try {
    return native.readInto(descriptor, room);
  } catch (error) {
    if (hasCode(error, 'EIO')) return 0;
    throw error;
  }
}

function notATerminal(path: string): Error {
  return Object.assign(new Error(`ENOTTY: not a character device, open '${path}'`), {
    code: 'ENOTTY',
    errno: -25,
    syscall: 'open',
    path,
  });
}
