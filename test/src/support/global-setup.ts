import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const RUN = join(import.meta.dirname, '../../../tools/run.mjs');

/** The daemons as they are in the sources now, and the tiny guest that tests boot; nothing when both are there. */
export function setup(): void {
  const made = spawnSync(process.execPath, [RUN, 'guest'], { encoding: 'utf8', timeout: 300_000 });
  if (made.status === 0) return;
  throw new Error(`the guest could not be built:\n${made.error?.message ?? ''}${made.stdout}${made.stderr}`);
}
