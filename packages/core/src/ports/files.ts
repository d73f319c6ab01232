export type FileType = 'file' | 'directory' | 'link' | 'socket' | 'fifo' | 'block' | 'character';

export interface FileInfo {
  readonly type: FileType;
  readonly sizeBytes: bigint;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
  readonly device: bigint;
  readonly inode: bigint;
  /** Of a block or character device: which one it is. */
  readonly deviceNumber?: { readonly major: number; readonly minor: number };
}

export interface DirectoryEntry {
  readonly name: string;
  /** Of the entry itself: a link is a link. */
  readonly type: FileType;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface ReplaceOptions {
  /** 0600 where absent. */
  readonly mode?: number;
  readonly owner?: Owner;
}

/**
 * The daemon's own files: definitions, status, logs. Errors are the system's, with `code`. Where a signal is taken, the wait
 * ends when it aborts, but a system call that hangs still holds one of the few threads that do such work: storage that is
 * not known to be local must not be touched through this port.
 */
export interface Files {
  /** @throws code EFBIG when it is longer than `maxBytes` (16 MiB where absent) */
  read(
    path: string,
    options?: { readonly maxBytes?: number; readonly signal?: AbortSignal },
  ): Promise<Uint8Array>;

  /**
   * Puts `content` in the place of the file, all or nothing, and durably: written to PATH.new, synced, renamed, directory
   * synced. Replacements of one path happen in the order they were asked for.
   */
  replace(path: string, content: Uint8Array | string, options?: ReplaceOptions): Promise<void>;

  /** Sorted by name; empty when there is no such directory. */
  list(directory: string, options?: { readonly signal?: AbortSignal }): Promise<readonly DirectoryEntry[]>;

  /** Undefined when there is nothing. Does not follow a link in the last place unless told. */
  info(
    path: string,
    options?: { readonly follow?: boolean; readonly signal?: AbortSignal },
  ): Promise<FileInfo | undefined>;

  /** With all that is above it; `mode` (0755 where absent) and `owner` go to the last, also if it exists. */
  ensureDirectory(path: string, options?: ReplaceOptions): Promise<void>;

  /** Replaces an existing link; code EEXIST for anything else. */
  link(target: string, path: string): Promise<void>;
  /** Undefined when there is nothing, or no link. */
  readLink(path: string): Promise<string | undefined>;

  rename(from: string, to: string): Promise<void>;
  /** A file, link or socket. @returns whether there was one */
  remove(path: string): Promise<boolean>;
  /** A directory with all that is in it. @returns whether there was one */
  removeTree(path: string): Promise<boolean>;

  setMode(path: string, mode: number): Promise<void>;
  setOwner(path: string, owner: Owner): Promise<void>;

  /** A descriptor that appends, made with `mode` (0600 where absent) if need be; the caller closes it. */
  openToAppend(path: string, options?: ReplaceOptions & { readonly truncate?: boolean }): Promise<number>;
}
