import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';

/** @throws VirError OPERATION_INVALID for a guest whose devices have a state that QEMU cannot write down */
export function requireMovable(domain: Domain): void {
  const { devices } = domain;
  for (const hostdev of devices.hostdevs) {
    const type = hostdev.mode === 'subsystem' ? hostdev.type : undefined;
    if (type === 'usb' || type === 'scsi') continue;
    refuse(
      type === undefined
        ? "cannot migrate a domain with <hostdev mode='capabilities'>"
        : `cannot migrate a domain with <hostdev mode='subsystem' type='${type}'>`,
    );
  }
  if (devices.filesystems.some((it) => it.driver?.type === 'virtiofs')) {
    refuse('migration with virtiofs device is not supported');
  }
}

function refuse(text: string): never {
  throw VirError.of('OPERATION_INVALID', text, { domain: 'QEMU' });
}
