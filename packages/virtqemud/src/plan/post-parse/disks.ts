import { VirError } from '@modvirt/core/errors';
import { diskIndex } from '../definition/disk-names.js';
import type { DomainDraft, Draft } from '../definition/draft.js';
import { scsiMaxUnit } from '../definition/scsi-limits.js';
import type { Disk } from '../definition/types.js';

/** Buses, drivers, formats and places of disks. */
export function fillDisks(domain: DomainDraft): void {
  for (const disk of domain.devices.disks) fillDisk(disk);
  sortDisks(domain);
  for (const disk of domain.devices.disks) placeDisk(domain, disk);
}

function fillDisk(disk: Draft<Disk>): void {
  disk.target.bus ??= busOf(disk);
  if (disk.device === 'cdrom') disk.readonly = true;
  if (disk.type === 'vhostuser') return;
  disk.driver ??= { iothreads: [] };
  const driver = disk.driver;
  driver.name ??= 'qemu';
  if (driver.name !== 'qemu') {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      `unsupported driver name '${driver.name}' for disk '${disk.source === undefined ? '' : disk.target.dev}'`,
    );
  }
  driver.type ??= 'raw';
  fillMirrorAndBacking(disk);
}

/** Images below say their format too. */
function fillMirrorAndBacking(disk: Draft<Disk>): void {
  let below = disk.backingStore;
  while (below !== undefined && below.type !== 'none') {
    below.format ??= { type: 'raw' };
    below = below.backingStore;
  }
}

/** The bus that the name of a disk stands for. */
function busOf(disk: Draft<Disk>): NonNullable<Disk['target']['bus']> {
  const { dev } = disk.target;
  if (disk.device === 'floppy') return 'fdc';
  if (dev.startsWith('hd')) return 'ide';
  if (dev.startsWith('sd')) return 'scsi';
  if (dev.startsWith('vd')) return 'virtio';
  if (dev.startsWith('xvd')) return 'xen';
  if (dev.startsWith('ubd')) return 'uml';
  if (dev.startsWith('nvme')) return 'nvme';
  return 'ide';
}

/** Disks of one bus stand in the order of their names. */
function sortDisks(domain: DomainDraft): void {
  const sorted: Draft<Disk>[] = [];
  for (const disk of domain.devices.disks) {
    let at = sorted.length;
    for (let before = sorted.length - 1; before >= 0; before--) {
      const other = sorted[before];
      if (other === undefined || other.target.bus !== disk.target.bus) continue;
      if ((diskIndex(other.target.dev) ?? 0) <= (diskIndex(disk.target.dev) ?? 0)) {
        if (at === sorted.length) at = sorted.length;
        break;
      }
      at = before;
    }
    sorted.splice(at, 0, disk);
  }
  domain.devices.disks = sorted;
}

/** Gives a disk on a drive bus the place that its name stands for. */
function placeDisk(domain: DomainDraft, disk: Draft<Disk>): void {
  if (disk.address !== undefined && disk.address.type !== 'unassigned') return;
  const bus = disk.target.bus;
  if (bus !== 'ide' && bus !== 'scsi' && bus !== 'fdc' && bus !== 'sata' && bus !== 'nvme') return;
  const index = diskIndex(disk.target.dev);
  if (index === undefined) {
    throw VirError.of('XML_ERROR', `Unknown disk name '${disk.target.dev}' and no address specified`);
  }
  disk.address = { type: 'drive', ...place(domain, bus, index) };
}

interface DrivePlace {
  readonly controller: number;
  readonly bus: number;
  readonly target: number;
  readonly unit: number;
}

const IDE_UNITS = 2;
const IDE_DISKS = 4;
const SATA_PORTS = 6;
const FLOPPIES = 2;

function place(
  domain: DomainDraft,
  bus: 'ide' | 'scsi' | 'fdc' | 'sata' | 'nvme',
  index: number,
): DrivePlace {
  const at = (controller: number, onBus: number, unit: number): DrivePlace => ({
    controller,
    bus: onBus,
    target: 0,
    unit,
  });
  switch (bus) {
    case 'ide':
      return at(
        Math.floor(index / IDE_DISKS),
        Math.floor((index % IDE_DISKS) / IDE_UNITS),
        index % IDE_UNITS,
      );
    case 'sata':
      return at(Math.floor(index / SATA_PORTS), 0, index % SATA_PORTS);
    case 'fdc':
      return at(Math.floor(index / FLOPPIES), 0, index % FLOPPIES);
    case 'nvme':
      return at(index, 0, 0);
    case 'scsi':
      return scsiPlace(domain, index);
  }
}

/** SCSI disks fill controllers; what a host device sits on is left out. */
function scsiPlace(domain: DomainDraft, index: number): DrivePlace {
  const perController = scsiMaxUnit(domain);
  const controller = Math.floor(index / perController);
  let unit = index % perController;
  if (perController > 7 && unit > 6) unit++;
  if (perController === 7) unit = index % 7;
  const place = { controller, bus: 0, target: 0, unit };
  if (!isTakenByHostdev(domain, place)) return place;
  throw VirError.of(
    'CONFIG_UNSUPPORTED',
    `using disk target name 'sd${String.fromCharCode(97 + index)}' conflicts with SCSI host device ` +
      `address controller='${controller}' bus='0' target='0' unit='${unit}`,
  );
}

function isTakenByHostdev(domain: DomainDraft, place: DrivePlace): boolean {
  return domain.devices.hostdevs.some(
    (it) =>
      it.address?.type === 'drive' &&
      it.address.controller === place.controller &&
      it.address.bus === place.bus &&
      it.address.target === place.target &&
      it.address.unit === place.unit,
  );
}
