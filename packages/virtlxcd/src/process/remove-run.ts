import type { Cgroup } from '@modvirt/core/hypervisor';
import type { Domain } from '@modvirt/core/schema';
import type { LxcDriver } from '../driver.js';
import { statusPath } from '../status/status-file.js';
import { containerPaths } from './container-paths.js';
import { disconnectInterfaces } from './network/disconnect-interfaces.js';

const GROUP_MS = 5000;
const FIRST_WAIT_MS = 2;
const LAST_WAIT_MS = 100;

/** What belongs to one run of a container and must not outlive it. */
export async function removeRun(
  driver: LxcDriver,
  name: string,
  live: Domain | undefined,
  cgroup: Cgroup,
): Promise<void> {
  const { files, log } = driver.parts;
  const { root, socket, pidFile } = containerPaths(driver.parts.paths, name);
  const steps = [
    () => files.remove(statusPath(driver.parts, name)),
    () => files.remove(pidFile),
    () => files.remove(socket),
    () => files.removeTree(root),
    () => endGroup(driver, cgroup),
    () => (live === undefined ? undefined : disconnectInterfaces(driver, live)),
  ];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      log.warn('something of a container that ended could not be removed', { domain: name, error });
    }
  }
}

/** Who came into the group from outside ends with it. A group whose last process is just ending is busy for a moment. */
async function endGroup({ parts, clock }: LxcDriver, cgroup: Cgroup): Promise<void> {
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
