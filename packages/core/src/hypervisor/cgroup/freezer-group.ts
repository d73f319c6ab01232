import { VirError } from '../../errors/vir-error.js';
import { type Clock, startDeadline } from '../../ports/clock.js';
import type { Cgroup } from './cgroup.js';

const SETTLE_MS = 10_000;
const FIRST_LOOK_MS = 1;
const LAST_LOOK_MS = 50;

/**
 * Stops every process of the group where it stands, or lets all go on; returns when it is so.
 *
 * @throws VirError OPERATION_FAILED when the kernel does not bring it about in time
 */
export async function setFrozen(
  group: Cgroup,
  frozen: boolean,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const place = group.require('freezer', 'cgroup freezer controller is not mounted');
  const file = place.isUnified ? 'cgroup.freeze' : 'freezer.state';
  const word = place.isUnified ? (frozen ? '1' : '0') : frozen ? 'FROZEN' : 'THAWED';
  await group.write(place, file, word);
  const deadline = startDeadline(clock, 'freezing', SETTLE_MS, signal);
  try {
    // The kernel tells nobody when it is done, so it is asked, less and less often.
    for (let delayMs = FIRST_LOOK_MS; !(await isSo(group, frozen)); ) {
      deadline.signal.throwIfAborted();
      await new Promise<void>((resolve) => clock.setTimer(delayMs, resolve));
      delayMs = Math.min(delayMs * 2, LAST_LOOK_MS);
    }
  } catch (error) {
    if (frozen) await group.write(place, file, place.isUnified ? '0' : 'THAWED');
    throw error instanceof VirError
      ? error
      : VirError.of('OPERATION_FAILED', 'Suspend operation failed', { cause: error });
  } finally {
    deadline.cancel();
  }
}

async function isSo(group: Cgroup, frozen: boolean): Promise<boolean> {
  const place = group.place('freezer');
  if (place?.isUnified === true) {
    const events = (await group.kernel.text(`${place.directory}/cgroup.events`)) ?? '';
    return events.includes(frozen ? 'frozen 1' : 'frozen 0');
  }
  return (await group.read('freezer', 'freezer.state')) === (frozen ? 'FROZEN' : 'THAWED');
}
