import type { Disk, Domain } from '@modvirt/core/schema';

/** Where on this host the image is; undefined for what is elsewhere, or nowhere. */
export function localPathOf(disk: Disk): string | undefined {
  switch (disk.type) {
    case 'file':
      return disk.source?.file;
    case 'block':
      return disk.source?.dev;
    case 'dir':
      return disk.source?.dir;
    default:
      return undefined;
  }
}

/** Whether the disk has a medium. */
export function hasSource(disk: Disk): boolean {
  switch (disk.type) {
    case 'file':
    case 'block':
    case 'dir':
      return localPathOf(disk) !== undefined;
    default:
      return disk.source !== undefined;
  }
}

/** The disk that clients name by its target or by its image's path. */
export function findDisk(domain: Domain, name: string): Disk | undefined {
  const { disks } = domain.devices;
  if (name.startsWith('/')) return disks.find((disk) => localPathOf(disk) === name);
  return disks.find((disk) => disk.target.dev === name);
}

/** What the definition says that the image is. */
export function formatOf(disk: Disk): string {
  return disk.driver?.type ?? 'raw';
}
