import { VirError } from '@modvirt/core/errors';
import type { LxcDriver } from '../driver.js';
import { encodePlan, type PlanStep } from '../plan/container-plan.js';

const STEPS_MS = 10_000;
/** What errors of the system that come without a number have. */
const EIO = 5;

/** Carries out steps on the root of a container that runs; what they say is returned. @throws VirError what went wrong */
export async function runInContainer(
  { parts }: LxcDriver,
  initPid: number,
  steps: readonly PlanStep[],
  signal: AbortSignal,
): Promise<string> {
  const plan = parts.descriptors.memoryFile('steps', encodePlan(steps));
  try {
    const result = await parts.processes.runTool([parts.supervisor, 'enter', `/proc/${initPid}/root`], {
      descriptors: { 3: plan },
      timeoutMs: STEPS_MS,
      signal,
    });
    if (result.status.type === 'exited' && result.status.code === 0)
      return new TextDecoder().decode(result.stdout);
    const said = new TextDecoder().decode(result.stderr).trim();
    const text = said.replace(/^Failure in libvirt_lxc startup: /, '');
    // The system's own words come last.
    const [, what = text, reason = ''] = /^(.*): ([^:]+)$/s.exec(text) ?? [];
    throw VirError.system(EIO, reason, what);
  } finally {
    parts.descriptors.close(plan);
  }
}
