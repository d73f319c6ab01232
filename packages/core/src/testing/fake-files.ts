import type { DirectoryEntry, FileInfo, Files, FileType, Owner, ReplaceOptions } from '../ports/files.js';
import { FakeDescriptors } from './fake-descriptors.js';

interface Node {
  type: FileType;
  content: Uint8Array;
  target: string;
  mode: number;
  owner: Owner;
  version: bigint;
  readonly inode: bigint;
}

interface Waiting {
  readonly signal?: AbortSignal;
}

const NOBODY_IN_PARTICULAR: Owner = { uid: 0, gid: 0 };

/** Files in memory. `failNext` makes a step fail as the system would; `steps` says what was done. */
export class FakeFiles implements Files {
  readonly steps: string[] = [];
  readonly descriptors: FakeDescriptors;
  readonly #nodes = new Map<string, Node>();
  readonly #failures: { readonly step: string; readonly code: string }[] = [];
  #count = 0n;

  constructor(texts: { readonly [path: string]: string } = {}, descriptors = new FakeDescriptors()) {
    this.descriptors = descriptors;
    this.#put('/', 'directory', 0o755);
    for (const [path, text] of Object.entries(texts)) this.write(path, text);
  }

  /** A file as somebody else would make it, with the directories above it. */
  write(path: string, text: string, mode = 0o600): void {
    this.#makeDirectories(parentOf(path));
    this.#put(path, 'file', mode).content = new TextEncoder().encode(text);
  }

  /** What stands in a file; undefined where there is none. */
  text(path: string): string | undefined {
    const node = this.#nodes.get(path);
    return node?.type === 'file' ? new TextDecoder().decode(node.content) : undefined;
  }

  /** The next step of this kind (`replace`, `read`, `remove` …) fails with `code`. */
  failNext(step: string, code: string): void {
    this.#failures.push({ step, code });
  }

  async read(path: string, options: Waiting & { readonly maxBytes?: number } = {}): Promise<Uint8Array> {
    this.#begin('read', path, options.signal);
    const node = this.#existing(path, 'open');
    if (node.type === 'directory') throw failure('EISDIR', 'read', path);
    if (node.content.length > (options.maxBytes ?? 16 * 1024 * 1024)) throw failure('EFBIG', 'read', path);
    return node.content.slice();
  }

  async replace(path: string, content: Uint8Array | string, options: ReplaceOptions = {}): Promise<void> {
    this.#begin('replace', path);
    this.#existing(parentOf(path), 'open');
    const node = this.#put(path, 'file', options.mode ?? 0o600);
    node.content = typeof content === 'string' ? new TextEncoder().encode(content) : content.slice();
    if (options.owner !== undefined) node.owner = options.owner;
  }

  async list(directory: string, options: Waiting = {}): Promise<readonly DirectoryEntry[]> {
    this.#begin('list', directory, options.signal);
    const entries: DirectoryEntry[] = [];
    for (const [path, { type }] of this.#nodes) {
      if (path !== '/' && parentOf(path) === directory)
        entries.push({ name: path.slice(path.lastIndexOf('/') + 1), type });
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async info(
    path: string,
    options: Waiting & { readonly follow?: boolean } = {},
  ): Promise<FileInfo | undefined> {
    this.#begin('info', path, options.signal);
    let node = this.#nodes.get(path);
    for (let at = path; options.follow === true && node?.type === 'link'; node = this.#nodes.get(at)) {
      at = resolved(at, node.target);
    }
    return node && infoOf(node);
  }

  async ensureDirectory(path: string, options: ReplaceOptions = {}): Promise<void> {
    this.#begin('ensureDirectory', path);
    const old = this.#nodes.get(path);
    if (old !== undefined && old.type !== 'directory') throw failure('EEXIST', 'mkdir', path);
    this.#makeDirectories(path);
    const node = this.#existing(path, 'mkdir');
    node.mode = options.mode ?? 0o755;
    node.owner = options.owner ?? node.owner;
  }

  async link(target: string, path: string): Promise<void> {
    this.#begin('link', path);
    this.#existing(parentOf(path), 'symlink');
    const old = this.#nodes.get(path);
    if (old !== undefined && old.type !== 'link') throw failure('EEXIST', 'symlink', path);
    this.#put(path, 'link', 0o777).target = target;
  }

  async readLink(path: string): Promise<string | undefined> {
    this.#begin('readLink', path);
    const node = this.#nodes.get(path);
    return node?.type === 'link' ? node.target : undefined;
  }

  async rename(from: string, to: string): Promise<void> {
    this.#begin('rename', `${from} ${to}`);
    this.#existing(from, 'rename');
    this.#existing(parentOf(to), 'rename');
    for (const [path, node] of [...this.#nodes]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.#nodes.delete(path);
      this.#nodes.set(to + path.slice(from.length), node);
    }
  }

  async remove(path: string): Promise<boolean> {
    this.#begin('remove', path);
    if (this.#nodes.get(path)?.type === 'directory') throw failure('EISDIR', 'unlink', path);
    return this.#nodes.delete(path);
  }

  async removeTree(path: string): Promise<boolean> {
    this.#begin('removeTree', path);
    const there = this.#nodes.has(path);
    for (const one of [...this.#nodes.keys()]) {
      if (one === path || one.startsWith(`${path}/`)) this.#nodes.delete(one);
    }
    return there;
  }

  async setMode(path: string, mode: number): Promise<void> {
    this.#begin('setMode', path);
    this.#existing(path, 'chmod').mode = mode;
  }

  async setOwner(path: string, owner: Owner): Promise<void> {
    this.#begin('setOwner', path);
    this.#existing(path, 'chown').owner = owner;
  }

  async openToAppend(
    path: string,
    options: ReplaceOptions & { readonly truncate?: boolean } = {},
  ): Promise<number> {
    this.#begin('openToAppend', path);
    this.#existing(parentOf(path), 'open');
    const node = this.#nodes.get(path) ?? this.#put(path, 'file', options.mode ?? 0o600);
    if (options.truncate === true) node.content = new Uint8Array();
    return this.descriptors.open(path);
  }

  #begin(step: string, path: string, signal?: AbortSignal): void {
    signal?.throwIfAborted();
    const index = this.#failures.findIndex((one) => one.step === step);
    const [planned] = index < 0 ? [] : this.#failures.splice(index, 1);
    if (planned !== undefined) throw failure(planned.code, step, path);
    this.steps.push(`${step} ${path}`);
  }

  #existing(path: string, syscall: string): Node {
    const node = this.#nodes.get(path);
    if (node === undefined) throw failure('ENOENT', syscall, path);
    return node;
  }

  #makeDirectories(path: string): void {
    if (this.#nodes.has(path)) return;
    this.#makeDirectories(parentOf(path));
    this.#put(path, 'directory', 0o755);
  }

  #put(path: string, type: FileType, mode: number): Node {
    this.#count += 1n;
    const node: Node = {
      type,
      mode,
      content: new Uint8Array(),
      target: '',
      owner: NOBODY_IN_PARTICULAR,
      version: this.#count,
      inode: this.#count,
    };
    this.#nodes.set(path, node);
    return node;
  }
}

function infoOf({ type, content, mode, owner, version, inode }: Node): FileInfo {
  const times = { modifiedNs: version * 1_000_000_000n, changedNs: version * 1_000_000_000n };
  return { type, sizeBytes: BigInt(content.length), mode, ...owner, ...times, device: 1n, inode };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

function resolved(from: string, target: string): string {
  return target.startsWith('/') ? target : `${parentOf(from)}/${target}`.replace('//', '/');
}

function failure(code: string, syscall: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), { code, errno: -1, syscall, path });
}
