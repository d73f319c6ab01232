import type { QemuDriver } from '../driver.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import { managedSavePath, removeManagedSave } from '../process/managed-save.js';
import { startProcessors } from '../process/processors.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import type { SavedStatus } from '../status/read-status.js';
import { isBrokenOff } from './image-file.js';

/**
 * Ends what an earlier run of the daemon did not bring to its end: whoever was being saved or dumped goes on, and what was
 * written of it for its next start is gone.
 */
export async function endLongJob(
  driver: QemuDriver,
  domain: QemuDomain,
  runtime: GuestRuntime,
  job: SavedStatus['longJob'],
): Promise<void> {
  if (job !== 'save' && job !== 'dump') return;
  driver.log.info('a job of an earlier run is ended', { domain: domain.name, job });
  await runtime.monitor.execute('migrate_cancel');
  const { state, reason } = domain.state;
  if (state === 'paused' && reason === job) {
    await startProcessors(driver, domain, runtime, job === 'save' ? 'save canceled' : 'unpaused');
  }
  if (job === 'save') await removeBrokenOff(driver, domain);
}

async function removeBrokenOff(driver: QemuDriver, domain: QemuDomain): Promise<void> {
  const path = managedSavePath(driver, domain.name);
  if ((await driver.parts.files.info(path)) === undefined) return;
  if (await isBrokenOff(driver.parts.startPorts, path)) await removeManagedSave(driver, domain);
}
