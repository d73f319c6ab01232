import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Native } from '@modvirt/native';
import type { OpenFile, OpenFiles, OpenOptions } from '../ports/open-files.js';
import { hasCode } from './native-error.js';

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_NOCTTY, O_NONBLOCK } = constants;

/** Files through Node's handles, pipes through the add-on. */
export class NodeOpenFiles implements OpenFiles {
  readonly #native: Native;

  constructor(native: Native) {
    this.#native = native;
  }

  async open(path: string, options: OpenOptions): Promise<OpenFile> {
    const { handle, isNew } = await openAs(path, options);
    try {
      // Whoever gets the descriptor expects one that waits; a pipe that nobody reads must not hold us up before that.
      this.#native.setNonBlocking(handle.fd, false);
      if (isNew && options.owner !== undefined) await handle.chown(options.owner.uid, options.owner.gid);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return openFile(handle, isNew);
  }

  pipe(): { readonly reading: number; readonly writing: number } {
    const [reading, writing] = this.#native.openPipe();
    return { reading, writing };
  }
}

async function openAs(
  path: string,
  { access, mode = 0o600 }: OpenOptions,
): Promise<{ readonly handle: FileHandle; readonly isNew: boolean }> {
  const careful = O_NOCTTY | O_NONBLOCK;
  if (access === 'read') return { handle: await open(path, O_RDONLY | careful), isNew: false };
  if (access === 'change') return { handle: await open(path, O_RDWR | careful), isNew: false };
  try {
    return { handle: await open(path, O_RDWR | O_CREAT | O_EXCL | careful, mode), isNew: true };
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    return { handle: await open(path, O_RDWR | O_TRUNC | careful), isNew: false };
  }
}

function openFile(handle: FileHandle, isNew: boolean): OpenFile {
  return {
    descriptor: handle.fd,
    isNew,
    async read(length) {
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, null);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    async write(bytes) {
      for (let done = 0; done < bytes.length; ) {
        done += (await handle.write(bytes, done, bytes.length - done, null)).bytesWritten;
      }
    },
    async writeAt(position, bytes) {
      for (let done = 0; done < bytes.length; ) {
        done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
      }
    },
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}
