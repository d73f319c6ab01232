import type { NetworkDriverParts } from '../driver.js';
import type { TcPlan } from '../plan/network-bandwidth.js';
import { runTool } from './tool.js';

type Parts = Pick<NetworkDriverParts, 'processes' | 'log'>;

/** @throws VirError INTERNAL_ERROR in tc's words */
export async function limitTraffic(
  { processes, log }: Parts,
  { needed, wanted }: TcPlan,
  signal?: AbortSignal,
): Promise<void> {
  const run = signal === undefined ? {} : { signal };
  for (const line of needed) await runTool(processes, ['tc', ...line.split(' ')], run);
  for (const line of wanted) {
    try {
      await runTool(processes, ['tc', ...line.split(' ')], run);
    } catch (error) {
      signal?.throwIfAborted();
      log.debug('the kernel shares a limit out as it likes', { line, error });
    }
  }
}
