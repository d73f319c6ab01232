import { expect, test } from 'vitest';
import type { FileLocks, LockResult } from '../../ports/file-locks.js';

/** Two programs that see the same directory. */
export interface FileLocksSetting {
  make(): { readonly ours: FileLocks; readonly theirs: FileLocks; readonly root: string };
}

function held(result: LockResult) {
  if (result.type !== 'held') throw new Error(`busy: ${result.pid}`);
  return result.lock;
}

/** What every FileLocks promises. */
export function fileLocksContract(setting: FileLocksSetting): void {
  test('gives a lock to one at a time, and says who has it', () => {
    const { ours, theirs, root } = setting.make();
    const lock = held(ours.acquirePidFile(`${root}/pid`));
    expect(theirs.acquirePidFile(`${root}/pid`)).toMatchObject({ type: 'busy', pid: expect.any(Number) });
    expect(ours.acquirePidFile(`${root}/pid`).type).toBe('busy');
    lock.release();
    lock.release();
    held(theirs.acquirePidFile(`${root}/pid`)).release();
  });

  test('tells files apart', () => {
    const { ours, theirs, root } = setting.make();
    const one = held(ours.acquire(`${root}/one`));
    const other = held(theirs.acquire(`${root}/other`));
    one.release();
    expect(ours.acquire(`${root}/other`).type).toBe('busy');
    other.release();
  });
}
