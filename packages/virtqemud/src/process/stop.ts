import { VirError } from '@modvirt/core/errors';
import type { Clock, Process } from '@modvirt/core/ports';

/** How long a guest may take to end after SIGTERM before it is killed, and after SIGKILL before we give up. */
const TERM_MS = 10_000;
const KILL_MS = 15_000;

/**
 * Ends a guest's process. It flushes its disks on SIGTERM; when it does not end in time it is killed, unless that is
 * forbidden.
 *
 * @throws VirError OPERATION_FAILED `failed to terminate process` when it is still there
 */
export async function endProcess(
  process: Process,
  clock: Clock,
  options: { readonly graceful: boolean },
): Promise<void> {
  if (!process.kill('SIGTERM')) return;
  if (await endsWithin(process, clock, TERM_MS)) return;
  if (!options.graceful) {
    process.kill('SIGKILL');
    if (await endsWithin(process, clock, KILL_MS)) return;
  }
  throw VirError.of(
    'SYSTEM_ERROR',
    `Failed to terminate process ${process.pid} with SIG${options.graceful ? 'TERM' : 'KILL'}: Device or resource busy`,
  );
}

async function endsWithin(process: Process, clock: Clock, timeoutMs: number): Promise<boolean> {
  const ended = process.exited.then(() => true);
  const late = new Promise<boolean>((resolve) => {
    const timer = clock.setTimer(timeoutMs, () => resolve(false));
    void ended.then(() => timer.cancel());
  });
  return Promise.race([ended, late]);
}
