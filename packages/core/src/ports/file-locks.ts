export interface HeldLock {
  /** Lets go of the lock and closes the file, which stays. */
  release(): void;
}

export type LockResult =
  | { readonly type: 'held'; readonly lock: HeldLock }
  /** `pid`: what the file says, or the kernel if the file says nothing. */
  | { readonly type: 'busy'; readonly pid: number | undefined };

/** Locks on files as libvirt takes them: a write lock on byte 0, gone when the holder ends, however it ends. */
export interface FileLocks {
  /** Locks a pid file, made with mode 0644 if need be, and writes our own pid to it. */
  acquirePidFile(path: string): LockResult;
  /** Locks a file, made with mode 0600 if need be, and leaves its content alone. */
  acquire(path: string): LockResult;
}
