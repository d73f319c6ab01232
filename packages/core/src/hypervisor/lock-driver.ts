import type { FileLocks, HeldLock } from '../ports/file-locks.js';

/**
 * Makes sure that nobody else looks after the domains whose state is in `directory`: libvirt's daemons lock the same file.
 *
 * @throws Error that names the other process
 */
export function lockDriver(locks: FileLocks, directory: string, driver: string): HeldLock {
  const path = `${directory}/driver.pid`;
  const result = locks.acquirePidFile(path);
  if (result.type === 'held') return result.lock;
  throw new Error(
    `the ${driver} driver is in the hands of process ${result.pid ?? 'unknown'} (it has locked ${path}): stop that first`,
  );
}
