import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import { findDevice, isFindable } from './find-device.js';
import type { Inserted } from './insert-device.js';
import {
  type DeviceKind,
  type PluggedDevice,
  withoutDevice,
  withReplaced,
  wordOfKind,
} from './plugged-device.js';

const invalid = (text: string): VirError => VirError.of('OPERATION_INVALID', text);

const ATTACHABLE: ReadonlySet<DeviceKind> = new Set([
  'disks',
  'interfaces',
  'sounds',
  'hostdevs',
  'leases',
  'controllers',
  'channels',
  'serials',
  'parallels',
  'consoles',
  'filesystems',
  'rngs',
  'memories',
  'redirdevs',
  'shmems',
  'watchdogs',
  'inputs',
  'vsock',
  'panics',
  'tpms',
  'memballoon',
]);
const UPDATABLE: ReadonlySet<DeviceKind> = new Set(['disks', 'graphics', 'interfaces', 'memories']);

/** The definition with one more device. @throws VirError OPERATION_INVALID when it has it, OPERATION_UNSUPPORTED */
export function attachConfig(before: Domain, inserted: Inserted): Inserted {
  const { device: added } = inserted;
  requireOneOf(ATTACHABLE, added.kind, 'attach');
  switch (added.kind) {
    case 'disks':
      if (before.devices.disks.some((it) => it.target.dev === added.device.target.dev)) {
        throw invalid(`target ${added.device.target.dev} already exists`);
      }
      break;
    case 'controllers': {
      const { type, index = 0 } = added.device;
      if (before.devices.controllers.some((it) => it.type === type && (it.index ?? 0) === index)) {
        throw invalid('controller already exists');
      }
      break;
    }
    case 'vsock':
      if (before.devices.vsock !== undefined) throw invalid('domain already has a vsock device');
      break;
    case 'shmems':
      if (before.devices.shmems.some((it) => it.name === added.device.name)) {
        throw invalid('shmem device is already attached');
      }
      break;
    default:
      break;
  }
  return inserted;
}

/** The definition without the device. @throws VirError DEVICE_MISSING, OPERATION_UNSUPPORTED */
export function detachConfig(before: Domain, sought: PluggedDevice): Domain {
  requireOneOf(ATTACHABLE, sought.kind, 'detach');
  if (sought.kind === 'memballoon' || !isFindable(sought.kind)) return withoutDevice(before, sought);
  return withoutDevice(before, findDevice(before, sought));
}

/** The definition with the device as it shall be. @throws VirError OPERATION_INVALID when it has none */
export function updateConfig(before: Domain, wanted: PluggedDevice): Domain {
  requireOneOf(UPDATABLE, wanted.kind, 'update');
  if (wanted.kind === 'disks') {
    const device = before.devices.disks.find((it) => it.target.dev === wanted.device.target.dev);
    if (device === undefined) throw invalid(`target ${wanted.device.target.dev} doesn't exist.`);
    return withReplaced(before, { kind: 'disks', device }, keptPlace(device, wanted.device));
  }
  if (wanted.kind === 'graphics') {
    const device = before.devices.graphics.find((it) => it.type === wanted.device.type);
    if (device === undefined) {
      throw invalid(`cannot find existing graphics type '${wanted.device.type}' device to modify`);
    }
    return withReplaced(before, { kind: 'graphics', device }, wanted.device);
  }
  const found = findDevice(before, wanted);
  return withReplaced(before, found, keptPlace(found.device, wanted.device));
}

/** What names no place stays in its own. */
function keptPlace(before: object, wanted: object): object {
  const place = 'address' in before && !('address' in wanted) ? { address: before.address } : {};
  return { ...wanted, ...place };
}

function requireOneOf(kinds: ReadonlySet<DeviceKind>, kind: DeviceKind, what: string): void {
  if (kinds.has(kind)) return;
  const text = `persistent ${what} of device '${wordOfKind(kind)}' is not supported`;
  throw VirError.of('OPERATION_UNSUPPORTED', text);
}
