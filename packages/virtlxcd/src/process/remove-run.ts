import type { Cgroup } from '@modvirt/core/hypervisor';
import type { Domain } from '@modvirt/core/schema';
import type { LxcDriver } from '../driver.js';
import { statusPath } from '../status/status-file.js';
import { containerPaths } from './container-paths.js';
import { endGroup } from './end-group.js';
import { disconnectInterfaces } from './network/disconnect-interfaces.js';

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
