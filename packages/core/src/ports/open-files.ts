import type { Owner } from './files.js';

export interface OpenOptions {
  /** `replace`: made or emptied, for reading and writing; `read`; `change`: there already, for both. */
  readonly access: 'read' | 'change' | 'replace';
  /** Of a file that is made: 0600 where absent. */
  readonly mode?: number;
  readonly owner?: Owner;
}

/** A file that is read or written piece by piece, and can be handed to another process. */
export interface OpenFile {
  /** Shares its place in the file with what `read` and `write` leave. */
  readonly descriptor: number;
  /** Whether opening has made it. */
  readonly isNew: boolean;
  /** The next `length` bytes; fewer at the end. */
  read(length: number): Promise<Uint8Array>;
  /** All of it, where the last `read` or `write` ended. */
  write(bytes: Uint8Array): Promise<void>;
  /** Does not move the place in the file. */
  writeAt(position: number, bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Files of any size at places that users name. Errors are the system's, with `code`. */
export interface OpenFiles {
  open(path: string, options: OpenOptions): Promise<OpenFile>;
  /** Where a child reads or writes what another one writes or reads. The caller closes both. */
  pipe(): { readonly reading: number; readonly writing: number };
}
