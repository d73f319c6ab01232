import type { Domain } from '@modvirt/core/schema';
import { unsupported } from './unsupported.js';

/** @throws VirError for host devices that exclude one another */
export function validateHostdevs({ devices }: Domain): void {
  const withRamfb = devices.hostdevs.filter(
    (it) => it.mode === 'subsystem' && it.type === 'mdev' && it.ramfb === true,
  );
  if (withRamfb.length > 1) throw unsupported("Only one vgpu device can have 'ramfb' enabled");
}
