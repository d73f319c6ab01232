import type { GuestRuntime } from '../guest-runtime.js';
import type { QemuDomain } from '../qemu-domain.js';

/** Cables that are pulled when the guest begins. */
export async function setLinkStates(
  domain: QemuDomain,
  { monitor }: GuestRuntime,
  signal: AbortSignal,
): Promise<void> {
  for (const { alias, link } of domain.live?.devices.interfaces ?? []) {
    if (alias === undefined || link?.state !== 'down') continue;
    await monitor.execute('set_link', { name: alias, up: false }, signal);
  }
}
