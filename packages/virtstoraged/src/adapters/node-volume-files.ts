import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import {
  chmod,
  chown,
  copyFile,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  statfs,
  unlink,
} from 'node:fs/promises';
import { join } from 'node:path';
import { VirError } from '@modvirt/core/errors';
import type { OpenVolume, SecretFile, VolumeFacts, VolumeFiles } from '../files/volume-files.js';

const NOT_SUPPORTED = -95;
const BTRFS = 0x9123683e;
const BLOCK_BYTES = 512n;
const TYPE_MASK = 0o170000n;
const TYPES: ReadonlyMap<bigint, VolumeFacts['type']> = new Map([
  [0o100000n, 'file'],
  [0o040000n, 'directory'],
  [0o060000n, 'block'],
]);

export class NodeVolumeFiles implements VolumeFiles {
  readonly #isLocalPath: (mountinfo: string, path: string) => boolean;
  readonly #secrets: string;

  /**
   * @param secrets the directory of the daemon's own, in which secrets are kept while a tool reads them
   * @param isLocalPath whether a path lies on a file system of this host, by the text of /proc/self/mountinfo
   */
  constructor(isLocalPath: (mountinfo: string, path: string) => boolean, secrets: string) {
    this.#isLocalPath = isLocalPath;
    this.#secrets = secrets;
  }

  async isLocal(path: string): Promise<boolean> {
    return this.#isLocalPath(await readFile('/proc/self/mountinfo', 'utf8'), path);
  }

  async isMounted(path: string): Promise<boolean> {
    const mounts = await readFile('/proc/self/mountinfo', 'utf8');
    const written = path.replace(/[ \t\n\\]/g, (it) => `\\${it.charCodeAt(0).toString(8).padStart(3, '0')}`);
    return mounts.split('\n').some((line) => line.split(' ')[4] === written);
  }

  names(directory: string): Promise<readonly string[]> {
    return readdir(directory);
  }

  async facts(path: string): Promise<VolumeFacts | undefined> {
    try {
      const found = await stat(path, { bigint: true });
      return {
        type: TYPES.get(found.mode & TYPE_MASK) ?? 'other',
        sizeBytes: found.size,
        allocatedBytes: found.blocks * BLOCK_BYTES,
        mode: Number(found.mode & 0o7777n),
        uid: Number(found.uid),
        gid: Number(found.gid),
        accessedNs: found.atimeNs,
        modifiedNs: found.mtimeNs,
        changedNs: found.ctimeNs,
        device: found.dev,
        inode: found.ino,
      };
    } catch (error) {
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ELOOP')) return undefined;
      throw error;
    }
  }

  async head(path: string, bytes: number): Promise<Uint8Array> {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      const buffer = new Uint8Array(bytes);
      const { bytesRead } = await file.read(buffer, 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async usage(directory: string): Promise<{ capacity: bigint; available: bigint }> {
    const { bsize, blocks, bfree } = await statfs(directory, { bigint: true });
    return { capacity: bsize * blocks, available: bsize * bfree };
  }

  async open(path: string, within: string, access: 'read' | 'write'): Promise<OpenVolume> {
    const mode = access === 'read' ? constants.O_RDONLY : constants.O_RDWR;
    const file = await open(path, mode | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      // What was opened is asked where it is, so a link that is put there later changes nothing.
      const place = await readlink(`/proc/self/fd/${file.fd}`);
      const pool = await realpath(within);
      if (!place.startsWith(`${pool}/`)) throw leavesPool(path);
      return await NodeVolume.of(file);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async create(path: string, mode: number): Promise<OpenVolume> {
    return NodeVolume.of(await open(path, 'wx+', mode));
  }

  async makeDirectory(path: string, mode: number): Promise<void> {
    await mkdir(path, { mode });
  }

  async makeTree(path: string, mode: number): Promise<void> {
    const first = await mkdir(path, { recursive: true });
    // The process's umask has had its say on what was made.
    if (first !== undefined) await chmod(path, mode);
  }

  setMode(path: string, mode: number): Promise<void> {
    return chmod(path, mode);
  }

  setOwner(path: string, uid: number, gid: number): Promise<void> {
    return chown(path, uid, gid);
  }

  async publish(from: string, to: string): Promise<void> {
    try {
      // Unlike a rename this never takes the place of another file.
      await link(from, to);
    } catch (error) {
      if (!hasCode(error, 'EPERM') && !hasCode(error, 'ENOTSUP')) throw error;
      await rename(from, to);
    }
  }

  async clone(from: string, to: string): Promise<void> {
    try {
      await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);
    } catch (error) {
      // The library's words for this are of sockets.
      if (!hasCode(error, 'ENOTSUP')) throw error;
      throw Object.assign(new Error('ENOTSUP: operation not supported, copyfile'), {
        code: 'ENOTSUP',
        errno: NOT_SUPPORTED,
      });
    }
  }

  async copiesOnWrite(path: string): Promise<boolean> {
    return (await statfs(path)).type === BTRFS;
  }

  removeFile(path: string): Promise<void> {
    return unlink(path);
  }

  async secretFile(content: Uint8Array): Promise<SecretFile> {
    const path = join(this.#secrets, `.secret-${randomBytes(8).toString('hex')}`);
    const file = await open(path, 'wx+', 0o600);
    try {
      await unlink(path);
      await file.write(content, 0, content.length, 0);
    } catch (error) {
      await file.close();
      throw error;
    }
    return { descriptor: file.fd, close: () => file.close() };
  }

  removeDirectory(path: string): Promise<void> {
    return rmdir(path);
  }

  removeTree(path: string): Promise<void> {
    return rm(path, { recursive: true, force: true });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function leavesPool(path: string): VirError {
  return VirError.of('OPERATION_INVALID', `volume path '${path}' leads out of its pool`, {
    domain: 'STORAGE',
  });
}

class NodeVolume implements OpenVolume {
  readonly sizeBytes: bigint;
  readonly #file: FileHandle;

  private constructor(file: FileHandle, sizeBytes: bigint) {
    this.#file = file;
    this.sizeBytes = sizeBytes;
  }

  static async of(file: FileHandle): Promise<NodeVolume> {
    return new NodeVolume(file, (await file.stat({ bigint: true })).size);
  }

  async read(into: Uint8Array, position: bigint): Promise<number> {
    return (await this.#file.read(into, 0, into.length, Number(position))).bytesRead;
  }

  async write(bytes: Uint8Array, position: bigint): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const left = bytes.length - done;
      done += (await this.#file.write(bytes, done, left, Number(position) + done)).bytesWritten;
    }
  }

  truncate(sizeBytes: bigint): Promise<void> {
    return this.#file.truncate(Number(sizeBytes));
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
