import type { FileLocks, LockResult } from '../ports/file-locks.js';

/** Locks of several pretended programs: each `as(pid)` is one. */
export class FakeFileLocks implements FileLocks {
  readonly #holders: Map<string, number>;
  readonly #pid: number;

  constructor(pid = 1, holders = new Map<string, number>()) {
    this.#pid = pid;
    this.#holders = holders;
  }

  /** The same files, seen by another program. */
  as(pid: number): FakeFileLocks {
    return new FakeFileLocks(pid, this.#holders);
  }

  acquirePidFile(path: string): LockResult {
    return this.acquire(path);
  }

  acquire(path: string): LockResult {
    const holder = this.#holders.get(path);
    if (holder !== undefined) return { type: 'busy', pid: holder };
    this.#holders.set(path, this.#pid);
    let isHeld = true;
    const release = () => {
      if (isHeld) this.#holders.delete(path);
      isHeld = false;
    };
    return { type: 'held', lock: { release } };
  }
}
