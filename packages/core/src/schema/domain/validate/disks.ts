import { VirError } from '../../../errors/vir-error.js';
import type { Devices } from '../devices.js';
import type { Disk } from '../disk.js';
import type { Iotune } from '../iotune.js';
import { checkVhostUserDisk } from './vhost-user-disks.js';

const SECRET_OF_PROTOCOL: Readonly<Record<string, string>> = { rbd: 'ceph', iscsi: 'iscsi' };
const DRIVE_BUSES: ReadonlySet<string> = new Set(['ide', 'fdc', 'scsi', 'sata']);

/** @throws VirError for a disk that no hypervisor can have */
export function validateDisks({ disks }: Devices): void {
  const seen = new Map<string, Disk>();
  checkPlaces(disks);
  for (const disk of disks) {
    checkSource(disk);
    checkSecrets(disk);
    checkLun(disk);
    checkStartupPolicy(disk);
    checkVhostUserDisk(disk);
    checkAddress(disk);
    checkBus(disk);
    checkWwn(disk);
    if (disk.iotune !== undefined) checkIotune(disk.iotune);
    const other = seen.get(disk.target.dev);
    if (other !== undefined) throw duplicate(other, disk);
    seen.set(disk.target.dev, disk);
  }
}

/** What a message calls the source: its path. */
function pathOf(disk: Disk): string | undefined {
  switch (disk.type) {
    case 'file':
      return disk.source?.file;
    case 'block':
      return disk.source?.dev;
    case 'dir':
      return disk.source?.dir;
    case 'network':
      return disk.source?.name;
    default:
      return undefined;
  }
}

function isEmpty(disk: Disk): boolean {
  const isLocal = disk.type === 'file' || disk.type === 'block' || disk.type === 'dir';
  return disk.source === undefined || (isLocal && pathOf(disk) === undefined);
}

function checkSource(disk: Disk): void {
  const mayBeEmpty = disk.device === 'cdrom' || disk.device === 'floppy';
  if (!mayBeEmpty && isEmpty(disk)) throw VirError.of('NO_SOURCE', disk.target.dev);
  if (disk.type === 'network' && disk.source?.name === undefined && disk.source?.protocol !== 'nbd') {
    if (disk.source !== undefined) throw VirError.of('XML_ERROR', 'missing name for disk source');
  }
  if (disk.type !== 'volume' || disk.source === undefined) return;
  if ((disk.source.pool === undefined) === (disk.source.volume === undefined)) return;
  throw VirError.of('XML_ERROR', "'pool' and 'volume' must be specified together for 'pool' type source");
}

function checkSecrets(disk: Disk): void {
  const source = disk.source !== undefined && 'auth' in disk.source ? disk.source : undefined;
  if (disk.auth !== undefined && source?.auth !== undefined) {
    throw VirError.of('CONFIG_UNSUPPORTED', 'an <auth> definition already found for disk source');
  }
  const inner = disk.source !== undefined && 'encryption' in disk.source ? disk.source.encryption : undefined;
  if (disk.encryption !== undefined && inner !== undefined) {
    throw VirError.of('CONFIG_UNSUPPORTED', 'an <encryption> definition already found for disk source');
  }
  if (disk.type !== 'network') return;
  const auth = disk.auth ?? disk.source?.auth;
  const wanted = SECRET_OF_PROTOCOL[disk.source?.protocol ?? ''];
  if (auth === undefined || wanted === undefined || auth.secret.type === wanted) return;
  throw VirError.of('CONFIG_UNSUPPORTED', `invalid secret type '${auth.secret.type}'`);
}

function checkLun(disk: Disk): void {
  if (disk.device !== 'lun') return;
  if (disk.type === 'network' && disk.source?.protocol !== 'iscsi') {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      `disk device='lun' is not supported for protocol='${disk.source?.protocol ?? 'none'}'`,
    );
  }
  if (disk.type === 'block' || disk.type === 'network' || disk.type === 'volume') return;
  throw VirError.of('CONFIG_UNSUPPORTED', "disk device='lun' is only valid for block type disk source");
}

function checkStartupPolicy({ device, source }: Disk): void {
  const policy = source !== undefined && 'startupPolicy' in source ? source.startupPolicy : undefined;
  if (policy !== 'requisite' || device === 'cdrom' || device === 'floppy') return;
  throw VirError.of('XML_ERROR', `disk startupPolicy '${policy}' is allowed only for cdrom or floppy`);
}

function checkAddress({ address, target }: Disk): void {
  const { bus, dev } = target;
  if (address === undefined || bus === undefined || !DRIVE_BUSES.has(bus)) return;
  if (address.type === 'drive') return;
  throw VirError.of(
    'CONFIG_UNSUPPORTED',
    `Invalid address type '${address.type}' for the disk '${dev}' with the bus type '${bus}'`,
  );
}

const ROTATING: ReadonlySet<string> = new Set(['scsi', 'ide', 'sata']);

/** What only some buses have. */
function checkBus({ device, target }: Disk): void {
  const { bus } = target;
  if (device === 'floppy' && bus !== 'fdc') {
    throw VirError.of('INTERNAL_ERROR', `Invalid bus type '${bus}' for floppy disk`);
  }
  if (device !== 'floppy' && bus === 'fdc') {
    throw VirError.of('INTERNAL_ERROR', `Invalid bus type '${bus}' for disk`);
  }
  if (target.tray !== undefined && device !== 'cdrom' && device !== 'floppy') {
    throw VirError.of('CONFIG_UNSUPPORTED', 'tray is only valid for cdrom and floppy');
  }
  if (target.removable !== undefined && bus !== 'usb' && bus !== 'scsi') {
    throw VirError.of('XML_ERROR', 'removable is only valid for usb disks');
  }
  if (target.rotation_rate !== undefined && !ROTATING.has(bus ?? '')) {
    throw VirError.of('INTERNAL_ERROR', 'rotation rate is only valid for SCSI/IDE/SATA bus');
  }
}

const DRIVE_KEYS = ['controller', 'bus', 'target', 'unit'] as const;

/** Two drives cannot stand in one place of a bus. */
function checkPlaces(disks: readonly Disk[]): void {
  const taken = new Map<string, string>();
  for (const { address, target } of disks) {
    if (address?.type !== 'drive' || target.bus === undefined) continue;
    const place = DRIVE_KEYS.map((it) => `${it}='${address[it]}'`).join(' ');
    const key = `${target.bus} ${place}`;
    const first = taken.get(key);
    if (first !== undefined) {
      throw VirError.of(
        'CONFIG_UNSUPPORTED',
        `Found duplicate drive address for disk with target name '${first}' ${place}`,
      );
    }
    taken.set(key, target.dev);
  }
}

function checkWwn({ wwn }: Disk): void {
  if (wwn === undefined || /^[0-9a-fA-F]{16}$/.test(wwn.replace(/^0x/, ''))) return;
  throw VirError.of('INTERNAL_ERROR', `Malformed wwn: ${wwn}`);
}

/** @throws VirError XML_ERROR when a total stands beside its parts */
export function checkIotune(tune: Iotune): void {
  for (const kind of ['bytes_sec', 'iops_sec', 'bytes_sec_max', 'iops_sec_max'] as const) {
    const hasPart = tune[`read_${kind}`] !== undefined || tune[`write_${kind}`] !== undefined;
    if (tune[`total_${kind}`] === undefined || !hasPart) continue;
    throw VirError.of('XML_ERROR', `total and read/write ${kind} cannot be set at the same time`);
  }
}

function duplicate(first: Disk, second: Disk): VirError {
  const name = (disk: Disk): string => pathOf(disk) ?? '(null)';
  return VirError.of(
    'XML_ERROR',
    `target '${second.target.dev}' duplicated for disk sources '${name(first)}' and '${name(second)}'`,
  );
}
