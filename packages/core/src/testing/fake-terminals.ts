import type { ByteChannel } from '../ports/byte-channel.js';
import type { Terminal, Terminals } from '../ports/terminals.js';
import { MemoryChannel } from './memory-channel.js';

/** Terminals in memory: what is attached to a path talks with who opened it, or with the test. */
export class FakeTerminals implements Terminals {
  /** The far end of each path that nobody has attached yet. */
  readonly #waiting = new Map<string, MemoryChannel>();
  #count = 0;

  open(): Terminal {
    const path = `/dev/pts/${this.#count++}`;
    return { path, channel: this.add(path) };
  }

  /** A terminal that somebody else made. @returns that one's side of it */
  add(path: string): MemoryChannel {
    const [near, far] = MemoryChannel.pair({ description: `terminal ${path}` });
    this.#waiting.set(path, far);
    return near;
  }

  async attach(path: string): Promise<ByteChannel> {
    const channel = this.#waiting.get(path);
    if (channel === undefined) {
      throw Object.assign(new Error(`ENOENT: open '${path}'`), {
        code: 'ENOENT',
        errno: -2,
        syscall: 'open',
        path,
      });
    }
    this.#waiting.delete(path);
    return channel;
  }
}
