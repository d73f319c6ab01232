import { VirError } from '@modvirt/core/errors';
import type { CgroupFiles, Clock, Process } from '@modvirt/core/ports';
import type { StartHandshake, StartMessage } from '../monitor/start-handshake.js';

/** An init that has not come to rest by then is busy with its work. */
const LONGEST_MS = 250;
const FIRST_LOOK_MS = 1;

interface Observers {
  readonly clock: Clock;
  readonly kernel: CgroupFiles;
}

/**
 * Waits until init either has ended or waits for something: one that could not begin its work ends before.
 *
 * @throws VirError with what an init said that ended with an error
 */
export async function refuseEarlyEnd(
  { clock, kernel }: Observers,
  init: Process,
  handshake: StartHandshake,
  signal: AbortSignal,
): Promise<void> {
  const last = clock.monotonicMs() + LONGEST_MS;
  const ended = handshake.next(signal);
  for (let lookMs = FIRST_LOOK_MS; clock.monotonicMs() < last; lookMs *= 2) {
    const message = await Promise.race([ended, pause(clock, lookMs)]);
    if (message !== undefined) {
      // One that did what it was asked, and was done, is no failure.
      if (message.text.split(' ')[0] === '0') return;
      throw endedEarly(message);
    }
    if (await isAtRest(kernel, init.pid)) return;
  }
}

function pause(clock: Clock, delayMs: number): Promise<undefined> {
  return new Promise((resolve) => clock.setTimer(delayMs, () => resolve(undefined)));
}

/** Asleep until something happens, as proc(5) has it in `stat`. */
async function isAtRest(kernel: CgroupFiles, pid: number): Promise<boolean> {
  const stat = (await kernel.text(`/proc/${pid}/stat`)) ?? '';
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('S');
}

function endedEarly({ text }: StartMessage): VirError {
  const [code = '', ...output] = text.split(' ');
  const said = output.join(' ').trim();
  const what = said === '' ? '' : `: ${said}`;
  return VirError.of('INTERNAL_ERROR', `guest failed to start: init exited with status ${code}${what}`);
}
