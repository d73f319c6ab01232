import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import { iothreadNumbers } from '../definition/iothread-numbers.js';
import { isQ35 } from '../definition/machine.js';
import type { Disk } from '../definition/types.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for disks that QEMU's devices cannot show */
export function validateDiskDevices(domain: Domain): void {
  for (const disk of domain.devices.disks) {
    checkBus(domain, disk);
    checkPlace(disk);
    checkIdentity(disk);
    checkDriver(domain, disk);
    checkVirtioOnly(disk);
    checkTransient(disk);
    checkLun(disk);
    checkReadonly(disk);
  }
}

function checkBus(domain: Domain, { device, target }: Disk): void {
  const { bus, dev } = target;
  if (bus === 'ide' && isQ35(domain)) {
    throw unsupported('IDE controllers are unsupported for this QEMU binary or machine type');
  }
  const isEjectable = device === 'cdrom' || device === 'floppy';
  if (isEjectable && (bus === 'virtio' || bus === 'nvme')) {
    throw unsupported(`disk type of '${dev}' does not support ejectable media`);
  }
}

const VIRTIO_ADDRESSES: ReadonlySet<string> = new Set(['pci', 'ccw', 'virtio-mmio', 'unassigned']);

/** What the controllers of a bus have one of only. */
function checkPlace({ address, target: { bus } }: Disk): void {
  if (address === undefined) return;
  if (bus === 'virtio' && !VIRTIO_ADDRESSES.has(address.type)) {
    throw unsupported(`virtio disk cannot have an address of type '${address.type}'`);
  }
  if (bus === 'usb' && address.type !== 'usb') throw unsupported('unexpected address type for usb disk');
  if (address.type !== 'drive') return;
  const need = (name: 'bus' | 'target', what: string) => {
    if (address[name] !== 0) throw unsupported(`${name} must be 0 for ${what} controller`);
  };
  if (bus === 'ide') need('target', 'ide');
  if (bus === 'fdc') {
    need('bus', 'FDC');
    need('target', 'FDC');
  }
  if (bus === 'sata') {
    need('bus', 'SATA');
    need('target', 'SATA');
  }
}

const MAX_VENDOR = 8;
const MAX_PRODUCT = 16;
const WWN_BUSES: ReadonlySet<string> = new Set(['ide', 'scsi', 'sata']);

function checkIdentity({ target: { bus }, vendor, product, wwn, serial, device }: Disk): void {
  if (wwn !== undefined && !WWN_BUSES.has(bus ?? '')) throw unsupported('Only ide and scsi disk support wwn');
  if (vendor !== undefined && bus !== 'scsi') throw unsupported("Only scsi disk supports 'vendor'");
  if (product !== undefined && bus !== 'scsi') throw unsupported("Only scsi disk supports 'product'");
  if (vendor !== undefined && vendor.length > MAX_VENDOR) {
    throw unsupported('disk vendor is more than 8 characters');
  }
  if (product !== undefined && product.length > MAX_PRODUCT) {
    throw unsupported('disk product is more than 16 characters');
  }
  if (serial === undefined) return;
  if (!/^[A-Za-z0-9\-_ .+]*$/.test(serial)) {
    throw VirError.of('INTERNAL_ERROR', `driver serial '${serial}' contains unsafe characters`);
  }
  if (device === 'lun' && bus === 'scsi') {
    throw unsupported("scsi-block 'lun' devices do not support the serial property");
  }
}

/** What only virtio disks have. */
function checkVirtioOnly({ driver, model, target: { bus }, address }: Disk): void {
  if (bus === 'virtio') {
    if (address?.type === 'drive') throw unsupported("virtio disk cannot have an address of type 'drive'");
    return;
  }
  if (driver?.ioeventfd !== undefined) {
    throw unsupported('disk ioeventfd mode supported only for virtio bus');
  }
  if (driver?.event_idx !== undefined) {
    throw unsupported('disk event_idx mode supported only for virtio bus');
  }
  if (model !== undefined) throw unsupported(`disk model '${model}' not supported for bus '${bus ?? ''}'`);
}

function checkTransient({ transient, type, source, readonly, target: { bus, dev } }: Disk): void {
  if (transient === undefined) return;
  if (source === undefined) throw unsupported(`transient disk '${dev}' must not be empty`);
  if (readonly === true) throw unsupported(`transient disk '${dev}' must not be read-only`);
  if (type !== 'file') throw unsupported(`transient disk supported only with 'file' type (${dev})`);
  if (transient.shareBacking !== true || SHARING_BUSES.has(bus ?? '')) return;
  throw unsupported(`disk bus '${bus ?? ''}' doesn't support transiend disk backing image sharing`);
}

/** Disks on these can be taken out and put back while the guest waits. */
const SHARING_BUSES: ReadonlySet<string> = new Set(['usb', 'virtio', 'scsi']);

function checkDriver(domain: Domain, disk: Disk): void {
  const { driver, target } = disk;
  if (driver === undefined) return;
  if (driver.queues !== undefined && target.bus !== 'virtio') {
    throw unsupported('queues attribute in disk driver element is only supported by virtio-blk');
  }
  const { iothread } = driver;
  if (iothread !== undefined) {
    if (target.bus !== 'virtio') {
      throw unsupported(`IOThreads not available for bus ${target.bus ?? ''} target ${target.dev}`);
    }
    if (!iothreadNumbers(domain).has(iothread)) {
      throw unsupported(`Disk iothread '${iothread}' not defined in iothreadid`);
    }
  }
  if (driver.copy_on_read === true && disk.readonly === true) {
    throw unsupported(`copy_on_read is not compatible with read-only disk '${target.dev}'`);
  }
  const bypassesCache = driver.cache === 'none' || driver.cache === 'directsync';
  if (driver.io === 'native' && driver.cache !== undefined && !bypassesCache) {
    throw unsupported("io='native' needs either no disk cache or directsync cache mode");
  }
}

function checkLun({ device, driver, target: { bus }, rawio, sgio }: Disk): void {
  if (sgio === 'unfiltered') throw unsupported('unfiltered sgio is no longer supported');
  if (device !== 'lun') {
    if (rawio !== undefined) throw unsupported("rawio can be used only with device='lun'");
    if (sgio !== undefined) throw unsupported("sgio can be used only with device='lun'");
    return;
  }
  const isRaw = driver?.type === undefined || driver.type === 'raw';
  if ((bus === 'virtio' || bus === 'scsi') && isRaw) return;
  if (bus === 'virtio' || bus === 'scsi') throw unsupported("disk device 'lun' must use 'raw' format");
  throw unsupported(`disk device='lun' is not supported for bus='${bus ?? 'none'}'`);
}

function checkReadonly({ device, readonly, target: { bus } }: Disk): void {
  if (device !== 'disk' || readonly !== true || (bus !== 'ide' && bus !== 'sata')) return;
  throw unsupported(`readonly ${bus} disks are not supported`);
}
