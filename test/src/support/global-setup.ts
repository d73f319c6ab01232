import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RUN = join(import.meta.dirname, '../../../tools/run.mjs');
const BUILT = join(import.meta.dirname, '../../../.cache/guest');

/**
 * The daemons as they are in the sources now, and the tiny guest that tests boot; nothing is built when both are there. The guest
 * is copied to where every user can reach it: guests run as one of their own, and the checkout may be in somebody's home.
 *
 * @returns what removes the copy
 */
export function setup(): () => void {
  const made = spawnSync(process.execPath, [RUN, 'guest'], { encoding: 'utf8', timeout: 300_000 });
  if (made.status !== 0)
    throw new Error(
      `the guest could not be built:\n${made.error?.message ?? ''}${made.stdout}${made.stderr}`,
    );
  const copy = mkdtempSync(join(tmpdir(), 'modvirt-guest-'));
  chmodSync(copy, 0o755);
  cpSync(BUILT, copy, { recursive: true });
  process.env.MODVIRT_TEST_GUEST = copy;
  return () => rmSync(copy, { recursive: true, force: true });
}
