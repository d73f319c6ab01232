import type { Native } from '@modvirt/native';
import type { ByteChannel, PeerCredentials } from '../ports/byte-channel.js';
import type { Listener } from '../ports/listener.js';
import { DescriptorChannel, type Transport } from './descriptor-channel.js';
import { startTimeOf } from './proc-stat.js';
import { ReadSlab } from './read-slab.js';
import { removeStaleSocket, UnixListener } from './unix-listener.js';

/** Libvirt's own limit for one message. */
const MAX_DESCRIPTORS = 32;
/** A listener whose queue is full tells nobody when there is room: ask again, less and less often. */
const FIRST_RETRY_MS = 1;
const LAST_RETRY_MS = 50;

export interface UnixListenOptions {
  /** 0600 where absent. Nobody can connect before the path has its mode and owner. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly backlog?: number;
}

/** Unix stream sockets as byte channels that carry descriptors. One object for a program is enough. */
export class UnixSockets {
  readonly #native: Native;
  readonly #slab = new ReadSlab();

  constructor(native: Native) {
    this.#native = native;
  }

  /**
   * Makes the path and listens. A path that a dead listener left is replaced.
   *
   * @throws code EADDRINUSE when somebody listens there already, or the path is no socket
   */
  listen(path: string, options: UnixListenOptions = {}): Listener {
    const { mode = 0o600, uid = -1, gid = -1, backlog = 4096 } = options;
    removeStaleSocket(this.#native, path);
    const descriptor = this.#native.listenUnix(path, Int32Array.of(mode, uid, gid, backlog));
    return this.#listener(descriptor, path, true);
  }

  /**
   * Takes over a listening descriptor, which stays open for whoever else has it; its path is left alone.
   *
   * @throws TypeError for anything but a listening unix stream socket
   */
  adopt(descriptor: number): Listener {
    const facts = this.#native.describeSocket(descriptor);
    if (facts.family !== 'unix' || !facts.isStream || !facts.isListening) {
      throw new TypeError(`descriptor ${descriptor} is no listening unix stream socket`);
    }
    this.#native.setCloseOnExec(descriptor);
    return this.#listener(descriptor, facts.path ?? '', false);
  }

  /** @throws the system's error (ENOENT, ECONNREFUSED, EACCES), or the signal's reason */
  async connect(path: string, signal?: AbortSignal): Promise<ByteChannel> {
    for (let waitMs = FIRST_RETRY_MS; ; waitMs = Math.min(waitMs * 2, LAST_RETRY_MS)) {
      signal?.throwIfAborted();
      const descriptor = this.#native.connectUnix(path);
      if (descriptor >= 0) return this.channel(descriptor, path);
      await pause(waitMs, signal);
    }
  }

  /** Two channels that are connected to each other. */
  pair(): [ByteChannel, ByteChannel] {
    const [one, other] = this.#native.socketPair();
    return [this.channel(one, 'pair'), this.channel(other, 'pair')];
  }

  /** A channel over a connected unix stream socket, which it owns; closed if this throws. */
  channel(descriptor: number, address = ''): ByteChannel {
    try {
      const transport = unixTransport(this.#native, descriptor, address, peerOf(this.#native, descriptor));
      return new DescriptorChannel(this.#native, transport, this.#slab);
    } catch (error) {
      this.#native.closeDescriptor(descriptor);
      throw error;
    }
  }

  #listener(descriptor: number, path: string, ownsPath: boolean): Listener {
    return new UnixListener({
      native: this.#native,
      descriptor,
      path,
      ownsPath,
      toChannel: (connection) => this.channel(connection, path),
    });
  }
}

function unixTransport(
  native: Native,
  descriptor: number,
  address: string,
  peer: PeerCredentials,
): Transport {
  return {
    descriptor,
    peer,
    description: `unix ${address} pid ${peer.pid} uid ${peer.uid}`,
    carriesDescriptors: true,
    send: (pieces, skip) => native.sendPieces(descriptor, pieces, skip),
    sendWithDescriptors: (bytes, descriptors) => native.sendWithDescriptors(descriptor, bytes, descriptors),
    receive: (room, descriptors) => native.receiveInto(descriptor, room, MAX_DESCRIPTORS, descriptors),
  };
}

function peerOf(native: Native, descriptor: number): PeerCredentials {
  const { pid, uid, gid, stat, isAlive, securityContext } = native.peerCredentials(descriptor);
  const startTimeTicks = isAlive === false ? undefined : startTimeOf(stat);
  return {
    pid,
    uid,
    gid,
    ...(startTimeTicks !== undefined && { startTimeTicks }),
    ...(securityContext !== undefined && { securityContext }),
  };
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
