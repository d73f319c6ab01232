import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import { cacheOf } from '../block/disk-chain.js';
import type { Props } from '../command/json.js';
import type { BootOrder } from '../definition/boot-order.js';
import { aliasOf, findController } from '../definition/controllers.js';
import type { Disk } from '../definition/types.js';
import { addressProps, controllerAlias } from './address-props.js';
import { iothreadMappingProps } from './iothread.js';
import { virtioDriver, virtioProps } from './virtio.js';

/** The front end of a disk. @param node the block node that it shows; undefined for an empty drive */
export function diskProps(to: Assembly, disk: Disk, node: string | undefined, boot: BootOrder): Props {
  const { driver } = disk;
  return {
    ...frontEnd(to, disk),
    'share-rw': disk.shareable === true ? true : undefined,
    drive: node,
    id: aliasOf(disk),
    bootindex: disk.target.bus === 'fdc' ? undefined : boot.of(disk),
    loadparm: disk.boot?.loadparm,
    logical_block_size: disk.blockio?.logical_block_size,
    physical_block_size: disk.blockio?.physical_block_size,
    discard_granularity: disk.blockio?.discard_granularity,
    wwn: disk.wwn === undefined ? undefined : BigInt(`0x${disk.wwn}`),
    rotation_rate: disk.target.rotation_rate,
    vendor: disk.vendor,
    product: disk.product,
    removable: removable(disk),
    'write-cache': writeCache(disk),
    cyls: disk.geometry?.cyls,
    heads: disk.geometry?.heads,
    secs: disk.geometry?.secs,
    'bios-chs-trans': disk.geometry?.trans,
    serial: disk.serial?.replace(/[\\ ]/g, (it) => `\\${it}`),
    werror: driver?.error_policy === 'enospace' ? 'enospc' : driver?.error_policy,
    rerror: readErrorPolicy(disk),
  };
}

function readErrorPolicy(disk: Disk): string | undefined {
  const { driver } = disk;
  if (driver?.rerror_policy !== undefined) return driver.rerror_policy;
  return driver?.error_policy === 'enospace' ? undefined : driver?.error_policy;
}

function removable(disk: Disk): boolean | undefined {
  if (disk.target.removable !== undefined) return disk.target.removable;
  return disk.target.bus === 'usb' ? false : undefined;
}

function writeCache(disk: Disk): 'on' | 'off' | undefined {
  switch (cacheOf(disk)) {
    case 'default':
      return undefined;
    case 'none':
    case 'writeback':
    case 'unsafe':
      return 'on';
    case 'writethrough':
    case 'directsync':
      return 'off';
  }
}

function frontEnd(to: Assembly, disk: Disk): Props {
  switch (disk.target.bus) {
    case 'ide':
    case 'sata':
      return ideProps(to, disk);
    case 'scsi':
      return scsiProps(to, disk);
    case 'virtio':
      return virtioBlkProps(to, disk);
    case 'usb':
      return { driver: 'usb-storage', ...addressProps(to, disk) };
    case 'fdc':
      return { driver: 'floppy', unit: driveAddress(disk).unit };
    case 'nvme':
      return nvmeProps(to, disk);
    default:
      throw VirError.of(
        'CONFIG_UNSUPPORTED',
        `unsupported disk bus '${disk.target.bus ?? 'none'}' with device setup`,
      );
  }
}

/** The place of a disk on its controller. */
export function driveAddress(disk: Disk) {
  if (disk.address?.type === 'drive') return disk.address;
  throw VirError.of('INTERNAL_ERROR', `unexpected address type for ${disk.target.bus ?? ''} disk`);
}

function ideProps(to: Assembly, disk: Disk): Props {
  const address = driveAddress(disk);
  const driver = disk.device === 'cdrom' ? 'ide-cd' : 'ide-hd';
  if (disk.target.bus === 'sata') {
    return { driver, bus: `${controllerAlias(to, 'sata', address.controller)}.${address.unit}` };
  }
  const bus = `${controllerAlias(to, 'ide', address.controller)}.${address.bus}`;
  return { driver, bus, unit: address.unit };
}

function scsiProps(to: Assembly, disk: Disk): Props {
  const address = driveAddress(disk);
  const bus = `${controllerAlias(to, 'scsi', address.controller)}.0`;
  const driver = disk.device === 'lun' ? 'scsi-block' : disk.device === 'cdrom' ? 'scsi-cd' : 'scsi-hd';
  const place = isFlatScsi(to, address.controller)
    ? { 'scsi-id': address.unit }
    : { channel: address.bus, 'scsi-id': address.target, lun: address.unit };
  const deviceId = driver === 'scsi-block' ? undefined : (disk.serial ?? `drive-${aliasOf(disk)}`);
  return { driver, bus, ...place, device_id: deviceId };
}

const FLAT_MODELS: ReadonlySet<string> = new Set(['lsilogic', 'buslogic', 'ncr53c90', 'dc390', 'am53c974']);

/** Whether the controller knows units only, no targets. */
export function isFlatScsi(to: Assembly, index: number): boolean {
  return FLAT_MODELS.has(findController(to.domain, 'scsi', index)?.model ?? '');
}

function virtioBlkProps(to: Assembly, disk: Disk): Props {
  const { driver } = disk;
  const base = disk.type === 'vhostuser' ? 'vhost-user-blk' : 'virtio-blk';
  return {
    ...virtioProps(virtioDriver(base, disk.address, disk.model), driver),
    iothread: driver?.iothread === undefined ? undefined : `iothread${driver.iothread}`,
    ioeventfd: driver?.ioeventfd,
    event_idx: driver?.event_idx,
    scsi: disk.device === 'lun' ? true : undefined,
    'num-queues': driver?.queues,
    'queue-size': driver?.queue_size,
    ...iothreadMappingProps(driver?.iothreads ?? []),
    ...addressProps(to, disk),
  };
}

function nvmeProps(to: Assembly, disk: Disk): Props {
  const address = driveAddress(disk);
  return {
    driver: 'nvme-ns',
    bus: controllerAlias(to, 'nvme', address.controller),
    nsid: address.unit + 1,
  };
}
