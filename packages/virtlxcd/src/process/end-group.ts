import type { Cgroup } from '@modvirt/core/hypervisor';
import type { LxcDriver } from '../driver.js';

const GROUP_MS = 5000;
const FIRST_WAIT_MS = 2;
const LAST_WAIT_MS = 100;

/** Who came into the group from outside ends with it. A group whose last process is just ending is busy for a moment. */
export async function endGroup({ parts, clock }: LxcDriver, cgroup: Cgroup): Promise<void> {
  const last = clock.monotonicMs() + GROUP_MS;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LAST_WAIT_MS)) {
    for (const pid of await cgroup.processes()) {
      const left = parts.processes.watch(pid);
      left?.kill('SIGKILL');
      left?.release();
    }
    try {
      await cgroup.remove();
      return;
    } catch (error) {
      const isBusy = error instanceof Error && 'code' in error && error.code === 'EBUSY';
      if (!isBusy || clock.monotonicMs() > last) throw error;
      await new Promise<void>((resolve) => clock.setTimer(waitMs, resolve));
    }
  }
}
