import type { QemuCaps } from '../plan/qemu-caps.js';
import { flagTable } from './flag-table.js';

/** libvirt's names of everything that an emulator can do, as they go into a status file. */
export function capabilityFlags(caps: QemuCaps): readonly string[] {
  return Object.keys(flagTable).filter((flag) => caps.has(flag));
}
