/**
 * What the kernel says in small files, below /proc and /sys. Each call has a deadline of its own: a driver that does not answer
 * costs its caller, nobody else.
 */
export interface KernelFiles {
  /** Without white space at its ends. Undefined when there is no such file, or it cannot be read. */
  text(path: string): Promise<string | undefined>;
  /** Names in a directory; none when there is no such directory. */
  names(directory: string): Promise<readonly string[]>;
  /** Whether there is something at `path`. */
  exists(path: string): Promise<boolean>;
  /** @throws Error with `code` and `errno` when the kernel refuses */
  write(path: string, text: string): Promise<void>;
}

/** Control groups: files of the kernel in directories that can be made and removed. */
export interface CgroupFiles extends KernelFiles {
  /** Nothing above it is made. @returns whether it is new */
  makeDirectory(path: string): Promise<boolean>;
  /** With the kernel's files in it. @returns whether there was one. @throws code EBUSY while it is in use */
  removeDirectory(path: string): Promise<boolean>;
}
