import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import type { Native } from '@modvirt/native';
import type { FileLocks, LockResult } from '../ports/file-locks.js';

/** A file may be replaced between opening and locking it, but not for ever. */
const MAX_TRIES = 100;

export class NativeFileLocks implements FileLocks {
  readonly #native: Native;

  constructor(native: Native) {
    this.#native = native;
  }

  acquirePidFile(path: string): LockResult {
    const descriptor = this.#lock(path, 0o644);
    if (descriptor === undefined) return { type: 'busy', pid: pidIn(path) ?? this.#holder(path) };
    ftruncateSync(descriptor, 0);
    // Without a newline, as libvirt has it.
    writeSync(descriptor, String(process.pid), 0);
    return this.#held(descriptor);
  }

  acquire(path: string): LockResult {
    const descriptor = this.#lock(path, 0o600);
    if (descriptor === undefined) return { type: 'busy', pid: this.#holder(path) };
    return this.#held(descriptor);
  }

  #held(descriptor: number): LockResult {
    let isHeld = true;
    const release = () => {
      if (isHeld) closeSync(descriptor);
      isHeld = false;
    };
    return { type: 'held', lock: { release } };
  }

  /** @returns undefined when somebody else holds it */
  #lock(path: string, mode: number): number | undefined {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, mode);
      if (!this.#lockOrClose(descriptor)) return undefined;
      if (isStillAt(path, descriptor)) return descriptor;
      closeSync(descriptor);
    }
    throw new Error(`${path} was replaced again and again while it was locked`);
  }

  #lockOrClose(descriptor: number): boolean {
    let isLocked = false;
    try {
      isLocked = this.#native.lockFirstByte(descriptor);
      return isLocked;
    } finally {
      if (!isLocked) closeSync(descriptor);
    }
  }

  #holder(path: string): number | undefined {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const pid = this.#native.firstByteHolder(descriptor);
      return pid !== undefined && pid > 0 ? pid : undefined;
    } finally {
      closeSync(descriptor);
    }
  }
}

function isStillAt(path: string, descriptor: number): boolean {
  const ours = fstatSync(descriptor, { bigint: true });
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
}

function pidIn(path: string): number | undefined {
  const pid = Number.parseInt(readFileSync(path, 'latin1').slice(0, 16), 10);
  return Number.isNaN(pid) ? undefined : pid;
}
