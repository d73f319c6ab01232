import { VirError } from '../../../errors/vir-error.js';
import type { Address } from '../address.js';
import type { Disk } from '../disk.js';

type Bus = NonNullable<Disk['target']['bus']>;

const NAME = /^([a-z]+?)d([a-z]+)(\d*)$/;
const BUS_OF_PREFIX: Readonly<Record<string, Bus>> = {
  f: 'fdc',
  h: 'ide',
  s: 'scsi',
  v: 'virtio',
  xv: 'xen',
  ub: 'uml',
};

/** The number in a disk's name: 0 for `vda`, 26 for `vdaa`. Undefined when it is no such name. */
export function diskIndex(name: string): number | undefined {
  const letters = NAME.exec(name)?.[2];
  if (letters === undefined || letters.length > 6) return undefined;
  let index = 0;
  for (const letter of letters) index = index * 26 + (letter.charCodeAt(0) - 96);
  return index - 1;
}

function busOf(name: string): Bus | undefined {
  return BUS_OF_PREFIX[NAME.exec(name)?.[1] ?? ''];
}

/** How many drives a bus of a controller takes, where the kind of controller does not say it. */
const WIDE_SCSI = 16;
const NARROW_SCSI = 7;

/** Where a disk of that name stands on a bus that counts drives. */
function driveOf(bus: Bus, index: number, wide: boolean): Address | undefined {
  const place = (controller: number, onBus: number, unit: number): Address => ({
    type: 'drive',
    controller,
    bus: onBus,
    target: 0,
    unit,
  });
  const width = wide ? WIDE_SCSI : NARROW_SCSI;
  switch (bus) {
    case 'scsi':
      return place(Math.floor(index / width), 0, index % width);
    case 'ide':
      return place(Math.floor(index / 4), Math.floor((index % 4) / 2), index % 2);
    case 'sata':
      return place(Math.floor(index / 6), 0, index % 6);
    case 'fdc':
      return place(Math.floor(index / 2), 0, index % 2);
    default:
      return undefined;
  }
}

/** The bus that the name stands for, and the address that the name stands for on that bus. */
export function postParseDisk(disk: Disk, hasWideScsi: boolean): Disk {
  const bus = disk.target.bus ?? defaultBus(disk);
  const withBus: Disk = bus === undefined ? disk : { ...disk, target: { ...disk.target, bus } };
  const withReadonly: Disk = disk.device === 'cdrom' ? { ...withBus, readonly: true } : withBus;
  if (bus === undefined || disk.address !== undefined) return withReadonly;
  const index = diskIndex(disk.target.dev);
  if (index === undefined) {
    throw VirError.of('XML_ERROR', `Unknown disk name '${disk.target.dev}' and no address specified`);
  }
  const address = driveOf(bus, index, hasWideScsi);
  return address === undefined ? withReadonly : { ...withReadonly, address };
}

function defaultBus(disk: Disk): Bus | undefined {
  return disk.device === 'floppy' ? 'fdc' : (busOf(disk.target.dev) ?? 'ide');
}
