import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import { findDevice, hasEqual } from './find-device.js';
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
]);
const UPDATABLE: ReadonlySet<DeviceKind> = new Set(['disks', 'graphics', 'interfaces', 'memories']);

/** What collides with what is there is said before the device is read as a part of the whole. */
export function requireRoomIn({ devices }: Domain, sought: PluggedDevice): void {
  switch (sought.kind) {
    case 'disks':
      if (devices.disks.some((it) => it.target.dev === sought.device.target.dev)) {
        throw invalid(`target ${sought.device.target.dev} already exists`);
      }
      return;
    case 'controllers': {
      const { type, index = 0 } = sought.device;
      if (devices.controllers.some((it) => it.type === type && (it.index ?? 0) === index)) {
        throw invalid(`controller index='${index}' already exists`);
      }
      return;
    }
    case 'vsock':
      if (devices.vsock !== undefined) throw invalid('domain already has a vsock device');
      return;
    case 'shmems':
      if (devices.shmems.some((it) => it.name === sought.device.name)) {
        throw invalid('shmem device is already attached');
      }
      return;
    default:
      return;
  }
}

/** @throws VirError OPERATION_UNSUPPORTED for a kind that no definition can be given */
export function requireAttachable(kind: DeviceKind): void {
  requireOneOf(ATTACHABLE, kind, 'attach');
}

/** The definition without the device. @throws VirError DEVICE_MISSING, OPERATION_UNSUPPORTED */
export function detachConfig(before: Domain, sought: PluggedDevice): Domain {
  requireOneOf(ATTACHABLE, sought.kind, 'detach');
  const { kind } = sought;
  if (kind === 'controllers' && !hasEqual(before, sought)) {
    throw VirError.of('DEVICE_MISSING', 'device not present in domain configuration');
  }
  return withoutDevice(before, findDevice(before, sought));
}

/** @throws VirError OPERATION_UNSUPPORTED for a kind whose devices stay as they are */
export function requireUpdatable(kind: DeviceKind): void {
  requireOneOf(UPDATABLE, kind, 'update');
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
      const text = `cannot find existing graphics type '${wanted.device.type}' device to modify`;
      throw VirError.of('INVALID_ARG', text);
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
