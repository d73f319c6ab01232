/** What the file system says of a file that is, or may be, a volume. Links are followed. */
export interface VolumeFacts {
  readonly type: 'file' | 'directory' | 'block' | 'other';
  readonly sizeBytes: bigint;
  readonly allocatedBytes: bigint;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly accessedNs: bigint;
  readonly modifiedNs: bigint;
  readonly changedNs: bigint;
  readonly device: bigint;
  readonly inode: bigint;
}

/** A volume's bytes. */
export interface OpenVolume {
  readonly sizeBytes: bigint;
  /** @returns how many bytes there were; 0 at the end */
  read(into: Uint8Array, position: bigint): Promise<number>;
  write(bytes: Uint8Array, position: bigint): Promise<void>;
  truncate(sizeBytes: bigint): Promise<void>;
  close(): Promise<void>;
}

export interface SecretFile {
  readonly descriptor: number;
  close(): Promise<void>;
}

/**
 * Files of volumes on this host. Errors are the system's, with `code`. What hangs here holds one of the few threads that do such
 * work, so only file systems of this host are looked at through it.
 */
export interface VolumeFiles {
  /** Whether the path lies on a file system whose answers come from this host alone. */
  isLocal(path: string): Promise<boolean>;
  /** Whether something is mounted at just this path. */
  isMounted(path: string): Promise<boolean>;
  /** All names in a directory. */
  names(directory: string): Promise<readonly string[]>;
  /** Undefined when there is nothing, or a link to nothing. */
  facts(path: string): Promise<VolumeFacts | undefined>;
  /** The first bytes of a plain file or device; never waits for a writer or a terminal. */
  head(path: string, bytes: number): Promise<Uint8Array>;
  usage(directory: string): Promise<{ readonly capacity: bigint; readonly available: bigint }>;
  /**
   * Opens a volume of the pool whose target is `within`.
   *
   * @throws VirError OPERATION_INVALID when the path leads out of the pool, by a link
   */
  open(path: string, within: string, access: 'read' | 'write'): Promise<OpenVolume>;
  /** A file that was not there before. @throws code EEXIST */
  create(path: string, mode: number): Promise<OpenVolume>;
  makeDirectory(path: string, mode: number): Promise<void>;
  /** With all above it. */
  makeTree(path: string, mode: number): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  setOwner(path: string, uid: number, gid: number): Promise<void>;
  /** Gives a finished file its name. @throws code EEXIST when there is one of that name */
  publish(from: string, to: string): Promise<void>;
  /** A copy that shares its blocks. @throws code ENOTSUP, EXDEV … where the file system has none */
  clone(from: string, to: string): Promise<void>;
  /** Whether the file's blocks are copied when they are written, and that can be switched off. */
  copiesOnWrite(path: string): Promise<boolean>;
  removeFile(path: string): Promise<void>;
  /** An empty one. */
  /** A file that only children which are handed it can read; it has no name. */
  secretFile(content: Uint8Array): Promise<SecretFile>;
  removeDirectory(path: string): Promise<void>;
  removeTree(path: string): Promise<void>;
}
