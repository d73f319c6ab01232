import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import type { Disk } from '../definition/types.js';
import type { Inserted } from './insert-device.js';
import { canPlug } from './plug-device.js';
import { type DeviceKind, type PluggedDevice, wordOfKind } from './plugged-device.js';

const unsupported = (text: string): VirError => VirError.of('OPERATION_UNSUPPORTED', text);
const failed = (text: string): VirError => VirError.of('OPERATION_FAILED', text);
const invalid = (text: string): VirError => VirError.of('OPERATION_INVALID', text);

/** @throws VirError in libvirt's words for what a running guest cannot be given */
export function requirePluggable(live: Domain, { device, added }: Inserted): void {
  requireKind(device.kind);
  if (added.some((it) => it.kind === 'controllers' && it.device.type === 'pci')) {
    throw VirError.of('INTERNAL_ERROR', 'No more available PCI slots');
  }
  if (added.some((it) => it.kind === 'controllers' && it.device.type === 'virtio-serial')) {
    throw VirError.of('XML_ERROR', 'Unable to find a free virtio-serial port');
  }
  requireDevice(live, device);
}

/** @throws VirError OPERATION_UNSUPPORTED for a kind of device that is there from the beginning or never */
export function requireKind(kind: DeviceKind): void {
  if (!canPlug(kind)) throw unsupported(`live attach of device '${wordOfKind(kind)}' is not supported`);
}

function requireDevice(live: Domain, added: PluggedDevice): void {
  switch (added.kind) {
    case 'disks':
      requireDisk(live, added.device);
      return;
    case 'controllers': {
      const { type, index = 0 } = added.device;
      if (type !== 'scsi') throw unsupported(`'${type}' controller cannot be hotplugged.`);
      if (live.devices.controllers.some((it) => it.type === type && (it.index ?? 0) === index)) {
        throw failed(`target ${type}:${index} already exists`);
      }
      return;
    }
    case 'inputs':
      if (added.device.type !== 'evdev' && added.device.bus === 'ps2') {
        throw unsupported("input device on bus 'ps2' cannot be hot plugged.");
      }
      return;
    case 'vsock':
      if (live.devices.vsock !== undefined) throw invalid('the domain already has a vsock device');
      return;
    case 'shmems':
      if (live.devices.shmems.some((it) => it.name === added.device.name)) {
        throw invalid('shmem device already exists in the domain');
      }
      return;
    case 'consoles':
      if ((added.device.target?.type ?? 'serial') === 'serial') {
        throw unsupported('attaching serial console is not supported');
      }
      return;
    default:
      return;
  }
}

function requireDisk(live: Domain, disk: Disk): void {
  const { bus, dev } = disk.target;
  if (live.devices.disks.some((it) => it.target.dev === dev)) throw failed(`target ${dev} already exists`);
  if (disk.device === 'floppy' || bus === 'fdc') {
    throw unsupported("disk device type 'floppy' cannot be hotplugged");
  }
  if (bus === undefined || !['virtio', 'scsi', 'usb'].includes(bus)) {
    throw unsupported(`disk bus '${bus ?? 'none'}' cannot be hotplugged.`);
  }
}
