import type { LiveJob } from '@modvirt/core/hypervisor';
import type { OpenFile } from '@modvirt/core/ports';
import type { QemuDriver } from '../driver.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import { type Filter, runFilters } from './filters.js';
import { migrateToDescriptor } from './migrate-to-descriptor.js';

/**
 * Writes the guest's memory and devices behind what is in the file, through filters where there are some.
 *
 * @param what names the job in errors
 */
export async function saveStream(
  driver: QemuDriver,
  job: LiveJob<GuestRuntime>,
  file: OpenFile,
  options: { readonly filters: readonly Filter[]; readonly what: string },
): Promise<void> {
  try {
    if (options.filters.length === 0) {
      await migrateToDescriptor(driver.clock, job, file.descriptor, options.what);
    } else {
      await saveFiltered(driver, job, file, options);
    }
  } catch (error) {
    throw monitorFailure(error);
  }
}

async function saveFiltered(
  driver: QemuDriver,
  job: LiveJob<GuestRuntime>,
  file: OpenFile,
  { filters, what }: { readonly filters: readonly Filter[]; readonly what: string },
): Promise<void> {
  const ports = driver.parts.startPorts;
  const { reading, writing } = ports.openFiles.pipe();
  const open = new Set([reading, writing]);
  const close = (descriptor: number): void => {
    if (open.delete(descriptor)) ports.descriptors.close(descriptor);
  };
  try {
    const running = await runFilters(ports, filters, { input: reading, output: file.descriptor });
    close(reading);
    try {
      await migrateToDescriptor(driver.clock, job, writing, what);
      // QEMU closes its end when it is done, and we ours: only then the filters see the end.
      close(writing);
      await running.done;
    } catch (error) {
      running.kill();
      throw error;
    }
  } finally {
    close(reading);
    close(writing);
  }
}
