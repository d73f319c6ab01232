import { connect as connectTcp, type Server, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { ByteChannel, ByteChannelHandlers } from '../ports/byte-channel.js';
import type { Listener, ListenerHandlers } from '../ports/listener.js';

/** `write` says false from here on. */
const HIGH_WATER_BYTES = 262144;

/** How long a peer may take to close after we have. */
const LINGER_MS = 2000;

/** A channel over one of Node's own sockets: TCP and TLS. Carries no descriptors. */
export class NodeChannel implements ByteChannel {
  readonly peer = undefined;
  readonly carriesDescriptors = false;
  readonly description: string;
  readonly #socket: Socket;
  #handlers: ByteChannelHandlers | undefined;
  #state: 'open' | 'ending' | 'closed' = 'open';
  #isCorked = false;
  #isPaused = false;
  #owesDrain = false;
  #error: Error | undefined;
  #linger: NodeJS.Timeout | undefined;

  /** @param socket connected, allowing half-open connections, with nothing read from it */
  constructor(socket: Socket, description: string) {
    this.#socket = socket;
    this.description = description;
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.on('drain', () => this.#onDrain());
    socket.once('close', () => this.#onClose());
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  setHandlers(handlers: ByteChannelHandlers): void {
    if (this.#handlers !== undefined) throw new TypeError('the channel has its handlers already');
    this.#handlers = handlers;
    if (this.#state === 'closed') {
      process.nextTick(() => handlers.onClose(this.#error));
      return;
    }
    this.#socket.on('data', (bytes) => {
      if (this.#state === 'open') handlers.onData(bytes);
    });
    this.#socket.once('end', () => this.#onPeerEnd());
    if (!this.#isPaused) this.#socket.resume();
  }

  write(bytes: Uint8Array, descriptors: readonly number[] = []): boolean {
    if (descriptors.length > 0) throw new TypeError(`${this.description} carries no descriptors`);
    if (this.#state !== 'open' || bytes.length === 0) return true;
    this.#corkThisTurn();
    this.#socket.write(bytes);
    if (this.#socket.writableLength >= HIGH_WATER_BYTES) this.#owesDrain = true;
    return !this.#owesDrain;
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#handlers !== undefined) this.#socket.resume();
  }

  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    // A socket that is closed while its peer still sends is reset, and the peer loses what it has not read: say that we are
    // done, drop what comes, and close when the peer does.
    this.#socket.resume();
    this.#socket.end(() => {
      this.#linger = setTimeout(() => this.#socket.destroy(), LINGER_MS);
      this.#linger.unref();
    });
  }

  destroy(error?: Error): void {
    if (this.#state === 'closed' || this.#socket.destroyed) return;
    this.#state = 'ending';
    this.#error = error;
    this.#socket.destroy();
  }

  #corkThisTurn(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    setImmediate(() => {
      this.#isCorked = false;
      this.#socket.uncork();
    });
  }

  #onDrain(): void {
    if (!this.#owesDrain || this.#state !== 'open') return;
    this.#owesDrain = false;
    this.#handlers?.onDrain?.();
  }

  #onPeerEnd(): void {
    if (this.#state !== 'open') return;
    if (this.#handlers?.onPeerEnd === undefined) this.destroy();
    else this.#handlers.onPeerEnd();
  }

  #onClose(): void {
    this.#state = 'closed';
    clearTimeout(this.#linger);
    this.#handlers?.onClose(this.#error);
  }
}

/** A listener over a server of Node's own (`net` or `tls`) that listens already. */
export class NodeListener implements Listener {
  readonly description: string;
  readonly #server: Server;
  readonly #connections: 'connection' | 'secureConnection';
  #paused: Socket[] | undefined;
  #handlers: ListenerHandlers | undefined;

  /** @param connections the event with which the server tells of a connection that is ready */
  constructor(
    server: Server,
    description: string,
    connections: 'connection' | 'secureConnection' = 'connection',
  ) {
    this.#server = server;
    this.description = description;
    this.#connections = connections;
  }

  get descriptor(): number {
    const { _handle: handle } = this.#server as Server & { _handle?: { fd?: number } | null };
    return handle?.fd ?? -1;
  }

  start(handlers: ListenerHandlers): void {
    this.#handlers = handlers;
    this.#server.on('error', (error) => handlers.onError(error));
    this.#server.on('tlsClientError', (error: Error) => handlers.onError(error));
    this.#server.on(this.#connections, (socket: Socket) => this.#onSocket(socket));
  }

  /** Node goes on taking connections from the kernel: they wait here, unread. */
  pause(): void {
    this.#paused ??= [];
  }

  resume(): void {
    const waiting = this.#paused ?? [];
    this.#paused = undefined;
    for (const socket of waiting) this.#onSocket(socket);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#paused ?? []) socket.destroy();
  }

  #onSocket(socket: Socket): void {
    if (this.#paused !== undefined) {
      this.#paused.push(socket);
      return;
    }
    if (socket.destroyed) return;
    this.#handlers?.onChannel(
      new NodeChannel(socket, `tcp ${socket.remoteAddress} port ${socket.remotePort}`),
    );
  }
}

/** @throws the socket's error, or the signal's reason */
export function connectNode(
  target: { readonly host: string; readonly port: number; readonly tls?: ConnectionOptions },
  signal?: AbortSignal,
): Promise<ByteChannel> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const { host, port, tls } = target;
    const options = { host, port, noDelay: true, allowHalfOpen: true };
    const socket = tls === undefined ? connectTcp(options) : connectTls({ ...options, ...tls });
    const onAbort = () => {
      socket.destroy();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    const settle = () => signal?.removeEventListener('abort', onAbort);
    const onError = (error: Error) => {
      settle();
      reject(error);
    };
    socket.once('error', onError);
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      settle();
      socket.off('error', onError);
      resolve(new NodeChannel(socket, `${tls === undefined ? 'tcp' : 'tls'} ${host} port ${port}`));
    });
  });
}
