import { type BigIntStats, close, constants, type Dirent, fchown, open as openDescriptor } from 'node:fs';
import {
  chmod,
  chown,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Native } from '@modvirt/native';
import { untilAborted } from '../ports/clock.js';
import type { DirectoryEntry, FileInfo, Files, FileType, Owner, ReplaceOptions } from '../ports/files.js';
import { hasCode } from './native-error.js';

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;

interface Waiting {
  readonly signal?: AbortSignal;
}

/** The daemon's own files through Node's file functions, and the add-on's for what must survive a crash. */
export class NodeFiles implements Files {
  readonly #native: Native;
  /** The last replacement of each path that is still being replaced. */
  readonly #replacements = new Map<string, Promise<void>>();

  constructor(native: Native) {
    this.#native = native;
  }

  read(path: string, options: Waiting & { readonly maxBytes?: number } = {}): Promise<Uint8Array> {
    return abortable(options.signal, () => readWhole(path, options.maxBytes ?? DEFAULT_MAX_BYTES));
  }

  async replace(path: string, content: Uint8Array | string, options: ReplaceOptions = {}): Promise<void> {
    const before = this.#replacements.get(path);
    const turn = (before ?? Promise.resolve()).then(() => this.#replaceNow(path, content, options));
    // Whoever comes next waits for the end of this one, good or bad; its error is its caller's.
    const end = turn.then(nothing, nothing);
    this.#replacements.set(path, end);
    try {
      await turn;
    } finally {
      if (this.#replacements.get(path) === end) this.#replacements.delete(path);
    }
  }

  async #replaceNow(path: string, content: Uint8Array | string, options: ReplaceOptions): Promise<void> {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const { mode = 0o600, owner } = options;
    await this.#native.replaceFile(path, bytes, Int32Array.of(mode, owner?.uid ?? -1, owner?.gid ?? -1));
  }

  list(directory: string, options: Waiting = {}): Promise<readonly DirectoryEntry[]> {
    return abortable(options.signal, async () => {
      const entries = await orUndefined(readdir(directory, { withFileTypes: true }), 'ENOENT');
      return (entries ?? [])
        .map((entry) => ({ name: entry.name, type: typeOf(entry) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    });
  }

  info(path: string, options: Waiting & { readonly follow?: boolean } = {}): Promise<FileInfo | undefined> {
    return abortable(options.signal, async () => {
      const ask = options.follow === true ? stat(path, { bigint: true }) : lstat(path, { bigint: true });
      const facts = await orUndefined(ask, 'ENOENT', 'ENOTDIR');
      return facts === undefined ? undefined : infoOf(facts);
    });
  }

  async ensureDirectory(path: string, options: ReplaceOptions = {}): Promise<void> {
    await mkdir(path, { recursive: true });
    if (options.owner !== undefined) await chown(path, options.owner.uid, options.owner.gid);
    await chmod(path, options.mode ?? 0o755);
  }

  async link(target: string, path: string): Promise<void> {
    const old = await this.info(path);
    if (old !== undefined && old.type !== 'link') {
      throw Object.assign(new Error(`EEXIST: file already exists, symlink '${path}'`), {
        code: 'EEXIST',
        errno: -17,
        syscall: 'symlink',
        path,
      });
    }
    const fresh = `${path}.new`;
    await rm(fresh, { force: true });
    await symlink(target, fresh);
    await rename(fresh, path);
    await syncDirectory(dirname(path));
  }

  readLink(path: string): Promise<string | undefined> {
    return orUndefined(readlink(path), 'ENOENT', 'EINVAL', 'ENOTDIR');
  }

  async rename(from: string, to: string): Promise<void> {
    await rename(from, to);
    await syncDirectory(dirname(to));
    if (dirname(from) !== dirname(to)) await syncDirectory(dirname(from));
  }

  remove(path: string): Promise<boolean> {
    return this.#native.removeFile(path);
  }

  async removeTree(path: string): Promise<boolean> {
    if ((await this.info(path)) === undefined) return false;
    await rm(path, { recursive: true, force: true });
    return true;
  }

  setMode(path: string, mode: number): Promise<void> {
    return chmod(path, mode);
  }

  setOwner(path: string, owner: Owner): Promise<void> {
    return chown(path, owner.uid, owner.gid);
  }

  async openToAppend(
    path: string,
    options: ReplaceOptions & { readonly truncate?: boolean } = {},
  ): Promise<number> {
    const truncate = options.truncate === true ? constants.O_TRUNC : 0;
    const flags =
      constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW | truncate;
    // A plain descriptor: a handle of Node's would close it when nobody holds it any more.
    const descriptor = await promisify(openDescriptor)(path, flags, options.mode ?? 0o600);
    try {
      if (options.owner !== undefined)
        await promisify(fchown)(descriptor, options.owner.uid, options.owner.gid);
      return descriptor;
    } catch (error) {
      await promisify(close)(descriptor);
      throw error;
    }
  }
}

function nothing(): void {}

/** The wait ends with the signal; see the port for what goes on behind it. */
function abortable<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return work();
  return signal.aborted ? Promise.reject(signal.reason) : untilAborted(signal, work());
}

async function orUndefined<T>(work: Promise<T>, ...codes: readonly string[]): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  }
}

async function withFile<T>(file: FileHandle, work: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

/** Reads to the end rather than to the size: files of the kernel say they are empty. */
async function readWhole(path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return withFile(file, async () => {
    const { size } = await file.stat();
    if (size > maxBytes) throw tooLong(path, maxBytes);
    const pieces: Uint8Array[] = [];
    let total = 0;
    for (let room = size + 1; ; room = 65536) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(room), 0, room, null);
      if (bytesRead === 0) return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces, total);
      total += bytesRead;
      if (total > maxBytes) throw tooLong(path, maxBytes);
      pieces.push(buffer.subarray(0, bytesRead));
    }
  });
}

function tooLong(path: string, maxBytes: number): Error {
  return Object.assign(new Error(`EFBIG: file is longer than ${maxBytes} bytes, read '${path}'`), {
    code: 'EFBIG',
    errno: -27,
    syscall: 'read',
    path,
  });
}

async function syncDirectory(path: string): Promise<void> {
  await withFile(await open(path, constants.O_RDONLY | constants.O_DIRECTORY), (file) => file.sync());
}

function typeOf(entry: Dirent | BigIntStats): FileType {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  if (entry.isSymbolicLink()) return 'link';
  if (entry.isSocket()) return 'socket';
  if (entry.isFIFO()) return 'fifo';
  return entry.isBlockDevice() ? 'block' : 'character';
}

function infoOf(facts: BigIntStats): FileInfo {
  return {
    type: typeOf(facts),
    sizeBytes: facts.size,
    mode: Number(facts.mode & 0o7777n),
    uid: Number(facts.uid),
    gid: Number(facts.gid),
    modifiedNs: facts.mtimeNs,
    changedNs: facts.ctimeNs,
    ...(facts.isBlockDevice() || facts.isCharacterDevice() ? { deviceNumber: deviceNumber(facts.rdev) } : {}),
    device: facts.dev,
    inode: facts.ino,
  };
}

/** As makedev(3) puts them together. */
function deviceNumber(device: bigint): { readonly major: number; readonly minor: number } {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return { major: Number(major), minor: Number(minor & 0xffff_ffffn) };
}
