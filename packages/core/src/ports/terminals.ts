import type { ByteChannel } from './byte-channel.js';

export interface Terminal {
  /** The side that a program reads and writes as its terminal, as a path. */
  readonly path: string;
  /** The other side. */
  readonly channel: ByteChannel;
}

export interface Terminals {
  /** A new pseudo terminal in raw mode. */
  open(): Terminal;

  /**
   * The character device or pseudo terminal at `path`, in raw mode if it is a terminal, never as our controlling one.
   *
   * @throws Error with `code`; ENOTTY when it is no character device
   */
  attach(path: string): Promise<ByteChannel>;
}
