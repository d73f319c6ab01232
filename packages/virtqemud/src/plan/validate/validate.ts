import type { Domain } from '@modvirt/core/schema';
import type { PlanContext } from '../context.js';
import { validateBoot } from './boot.js';
import { validateChardevs } from './chardevs.js';
import { validateClock } from './clock.js';
import { validateControllers } from './controllers.js';
import { validateDiskDevices } from './disk-devices.js';
import { validateDisks } from './disks.js';
import { validateDisplays } from './displays.js';
import { validateFeatures } from './features.js';
import { validateHostdevs } from './hostdevs.js';
import { validateInterfaces } from './interfaces.js';
import { validateIommu } from './iommu.js';
import { validateLifecycle } from './lifecycle.js';
import { validateMachine } from './machine.js';
import { validateMemory } from './memory.js';
import { validateOtherDevices } from './other-devices.js';
import { validateProcessors } from './processors.js';
import { validateShmems } from './shmems.js';
import { validateSysinfo } from './sysinfo.js';
import { validateUsb } from './usb.js';

/**
 * Refuses what QEMU, or this one, cannot do.
 *
 * @throws VirError CONFIG_UNSUPPORTED and others, in libvirt's words
 */
export function validate(domain: Domain, cx: PlanContext): void {
  validateLifecycle(domain);
  validateBoot(domain);
  validateMachine(domain, cx);
  validateFeatures(domain, cx);
  validateProcessors(domain, cx);
  validateClock(domain);
  validateMemory(domain);
  validateControllers(domain);
  validateDiskDevices(domain);
  validateDisks(domain, cx);
  validateInterfaces(domain);
  validateChardevs(domain);
  validateDisplays(domain);
  validateHostdevs(domain);
  validateIommu(domain);
  validateUsb(domain);
  validateOtherDevices(domain);
  validateShmems(domain, cx);
  validateSysinfo(domain);
}
