import type { Domain } from '@modvirt/core/schema';

/** The boot index of devices: their own, or what `<os><boot dev=…>` gives the first of a kind. */
export interface BootOrder {
  of(device: object & { readonly boot?: { readonly order: number } | undefined }): number | undefined;
}

type BootDevice = Domain['os']['boots'][number]['dev'];

export function bootOrder(domain: Domain): BootOrder {
  const byKind = new Map<BootDevice, number>();
  for (const [at, { dev }] of domain.os.boots.entries()) if (!byKind.has(dev)) byKind.set(dev, at + 1);
  const indexes = new Map<object, number>();
  const give = (
    device: object & { readonly boot?: { readonly order: number } | undefined },
    kind: BootDevice,
  ) => {
    const index = byKind.get(kind);
    if (device.boot !== undefined || index === undefined) return;
    indexes.set(device, index);
    byKind.delete(kind);
  };
  for (const disk of domain.devices.disks) give(disk, diskKind(disk.device));
  for (const net of domain.devices.interfaces) give(net, 'network');
  return { of: (device) => device.boot?.order ?? indexes.get(device) };
}

function diskKind(device: 'disk' | 'cdrom' | 'floppy' | 'lun'): BootDevice {
  switch (device) {
    case 'cdrom':
      return 'cdrom';
    case 'floppy':
      return 'fd';
    case 'disk':
    case 'lun':
      return 'hd';
  }
}
