import type { ByteChannel } from '@modvirt/core/ports';

// The supervisor's messages are those of libvirt's monitor of containers: a length, six words of a header, and a number.
const PROGRAM = 0x1234_1234;
const EXIT_EVENT = 1;
const INIT_EVENT = 2;
const HEADER_BYTES = 28;
const MAX_MESSAGE_BYTES = 256;

/** In the order of their numbers. */
const EXITS = ['error', 'shutdown', 'reboot'] as const;
export type ContainerExit = (typeof EXITS)[number];

export interface SupervisorHandlers {
  onInit(pid: number): void;
  onExit(exit: ContainerExit): void;
  /** The supervisor has closed the connection: it has ended, or will at once. */
  onEnd(): void;
}

/** What the supervisor of a container says. */
export class SupervisorLink {
  readonly #channel: ByteChannel;
  #handlers: SupervisorHandlers | undefined;
  #bytes = new Uint8Array(0);
  #hasEnded = false;

  constructor(channel: ByteChannel) {
    this.#channel = channel;
    channel.setHandlers({
      onData: (bytes) => this.#take(bytes),
      onClose: () => {
        this.#hasEnded = true;
        this.#handlers?.onEnd();
      },
    });
  }

  /** What came before is told now. Called once. */
  setHandlers(handlers: SupervisorHandlers): void {
    this.#handlers = handlers;
    this.#read(handlers);
    if (this.#hasEnded) handlers.onEnd();
  }

  close(): void {
    this.#channel.destroy();
  }

  #take(bytes: Uint8Array): void {
    const all = new Uint8Array(this.#bytes.length + bytes.length);
    all.set(this.#bytes);
    all.set(bytes, this.#bytes.length);
    this.#bytes = all;
    if (this.#handlers !== undefined) this.#read(this.#handlers);
  }

  #read(handlers: SupervisorHandlers): void {
    for (let message = this.#next(); message !== undefined; message = this.#next()) {
      const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
      if (view.getUint32(4) !== PROGRAM) continue;
      const procedure = view.getUint32(12);
      const value = message.length - HEADER_BYTES;
      if (procedure === INIT_EVENT && value === 8) handlers.onInit(Number(view.getBigUint64(HEADER_BYTES)));
      if (procedure === EXIT_EVENT && value === 4) {
        handlers.onExit(EXITS[view.getUint32(HEADER_BYTES)] ?? 'error');
      }
    }
  }

  #next(): Uint8Array | undefined {
    const bytes = this.#bytes;
    if (bytes.length < HEADER_BYTES) return undefined;
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) {
      this.#channel.destroy(new Error(`the supervisor sent a message of ${length} bytes`));
      return undefined;
    }
    if (bytes.length < length) return undefined;
    this.#bytes = bytes.slice(length);
    return bytes.slice(0, length);
  }
}
