import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import type { Disk } from '../definition/types.js';
import { canPlug } from './plug-device.js';
import { type PluggedDevice, wordOfKind } from './plugged-device.js';

const unsupported = (text: string): VirError => VirError.of('OPERATION_UNSUPPORTED', text);

/** @throws VirError OPERATION_UNSUPPORTED for a kind of device that stays as long as the guest runs */
export function requireUnpluggableKind(sought: PluggedDevice): void {
  const { kind } = sought;
  if (!canPlug(kind)) throw unsupported(`live detach of device '${wordOfKind(kind)}' is not supported`);
  if (sought.kind !== 'controllers' || sought.device.type === 'scsi') return;
  throw unsupported(`'${sought.device.type}' controller cannot be hot unplugged.`);
}

/** @throws VirError OPERATION_UNSUPPORTED for a device that stays as long as the guest runs; OPERATION_FAILED: in use */
export function requireUnpluggable(live: Domain, found: PluggedDevice): void {
  requireUnpluggableKind(found);
  switch (found.kind) {
    case 'disks':
      requireDisk(found.device);
      return;
    case 'controllers': {
      const { type, index = 0 } = found.device;
      if (isBusy(live, type, index)) {
        throw VirError.of('OPERATION_FAILED', 'device cannot be detached: device is busy');
      }
      return;
    }
    case 'inputs':
      if (found.device.type !== 'evdev' && found.device.bus === 'ps2') {
        throw unsupported("input device on bus 'ps2' cannot be detached");
      }
      return;
    case 'watchdogs':
      if (found.device.model === 'i6300esb') return;
      throw unsupported(`hot unplug of watchdog of model ${found.device.model} is not supported`);
    case 'consoles':
      if ((found.device.target?.type ?? 'serial') !== 'serial') return;
      throw unsupported('detaching serial console is not supported');
    default:
      return;
  }
}

function requireDisk({ device, target }: Disk): void {
  if (device === 'floppy') throw unsupported("disk device type 'floppy' cannot be detached");
  if (['virtio', 'usb', 'scsi'].includes(target.bus ?? '')) return;
  if (device === 'cdrom') throw unsupported("disk device type 'cdrom' cannot be detached");
  throw unsupported('This type of disk cannot be hot unplugged');
}

function isBusy({ devices }: Domain, type: string, index: number): boolean {
  const places = [...devices.disks, ...devices.hostdevs].map((it) => it.address);
  const isOn = places.some((it) => it?.type === 'drive' && it.controller === index);
  return type === 'scsi' && isOn && devices.disks.some((it) => it.target.bus === 'scsi');
}
