import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import { sourcePath } from '../block/disk-chain.js';
import type { Disk } from '../definition/types.js';
import { hasEqual } from './find-device.js';
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
      if (added.device.target.bus === 'fdc') {
        throw unsupported("disk device type 'floppy' cannot be hotplugged");
      }
      return;
    case 'inputs':
      if (added.device.type !== 'evdev' && added.device.bus === 'ps2') {
        throw unsupported("input device on bus 'ps2' cannot be hot plugged.");
      }
      return;
    case 'consoles':
      if ((added.device.target?.type ?? 'serial') === 'serial') {
        throw unsupported('attaching serial console is not supported');
      }
      return;
    case 'filesystems':
      if (added.device.driver?.type === 'virtiofs') return;
      throw unsupported('only virtiofs filesystems can be hotplugged');
    case 'memories':
      if (live.cpu?.numa !== undefined || added.device.model === 'virtio-pmem') return;
      throw VirError.of(
        'CONFIG_UNSUPPORTED',
        "can't add memory backend as guest has no NUMA nodes configured",
      );
    default:
      return;
  }
}

/** What collides with what is there is said before the device is read as a part of the whole. */
export function requireRoom(live: Domain, sought: PluggedDevice): void {
  const { devices } = live;
  switch (sought.kind) {
    case 'disks': {
      const { dev } = sought.device.target;
      const other = devices.disks.find((it) => it.target.dev === dev);
      if (other === undefined) return;
      const text = `target '${dev}' duplicated for disk sources '${placeOf(other)}' and '${placeOf(sought.device)}'`;
      throw VirError.of('XML_ERROR', text);
    }
    case 'controllers': {
      const { type, index = 0 } = sought.device;
      if (type !== 'scsi') throw unsupported(`'${type}' controller cannot be hot plugged.`);
      if (devices.controllers.some((it) => it.type === type && (it.index ?? 0) === index)) {
        throw failed(`target ${type}:${index} already exists`);
      }
      return;
    }
    case 'vsock':
      if (devices.vsock !== undefined) throw invalid('the domain already has a vsock device');
      return;
    case 'serials':
    case 'parallels':
    case 'channels':
    case 'consoles':
      if (hasEqual(live, sought)) throw invalid('chardev already exists');
      return;
    default:
      return;
  }
}

function placeOf(disk: Disk): string {
  return sourcePath(disk) ?? '(null)';
}
