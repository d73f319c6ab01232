import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';

/** @throws VirError CONFIG_UNSUPPORTED for what QEMU's process cannot do when its guest ends */
export function validateLifecycle({ on_poweroff, on_reboot, on_crash }: Domain): void {
  if (on_poweroff === 'preserve' || on_reboot === 'preserve') {
    throw refusal("qemu driver doesn't support the 'preserve' action for 'on_reboot'/'on_poweroff'");
  }
  if ([on_poweroff, on_reboot, on_crash].includes('rename-restart')) {
    throw refusal(
      "qemu driver doesn't support the 'rename-restart' action for 'on_reboot'/'on_poweroff'/'on_crash'",
    );
  }
  // libvirt's own quotes, and its own word for restarting.
  if (on_poweroff === 'restart' && on_reboot === 'destroy') {
    throw refusal("qemu driver doesn't support 'onReboot' set to 'destroy and 'onPoweroff' set to 'reboot'");
  }
}

function refusal(text: string): VirError {
  return VirError.of('CONFIG_UNSUPPORTED', text, { domain: 'QEMU' });
}
