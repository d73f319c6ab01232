import type { ByteChannel } from './byte-channel.js';

export interface ListenerHandlers {
  onChannel(channel: ByteChannel): void;
  /** A connection could not be taken (out of descriptors, most likely); the listener goes on after a pause. */
  onError(error: Error): void;
}

/** A socket that takes connections; nothing is taken before `start`. */
export interface Listener {
  /** For logs: kind and address. */
  readonly description: string;
  /** To hand on to a service manager; stays the listener's. */
  readonly descriptor: number;
  start(handlers: ListenerHandlers): void;
  /** Leaves further connections waiting in the kernel. */
  pause(): void;
  resume(): void;
  /** Stops and closes; a path that the listener made is removed. Channels that were taken stay. */
  close(): void;
}
