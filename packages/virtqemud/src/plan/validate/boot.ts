import type { Domain } from '@modvirt/core/schema';
import { unsupported } from './unsupported.js';

const MAX_MS = 65_535;

/** @throws VirError for times that the firmware cannot count */
export function validateBoot({ os }: Domain): void {
  const reboot = os.bios?.rebootTimeout;
  if (reboot !== undefined && (reboot < -1 || reboot > MAX_MS)) {
    throw unsupported('invalid value for rebootTimeout, must be in range [-1,65535]');
  }
  const menu = os.bootmenu?.timeout;
  if (menu !== undefined && menu > MAX_MS) {
    throw unsupported('invalid value for boot menu timeout, must be in range [0,65535]');
  }
}
