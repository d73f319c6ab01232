import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import type { ChangedDevice } from './read-device.js';
import { hostdevPlace, sameInterface } from './same-device.js';

/** The definition with a device more. @throws VirError */
export function attachToConfig(domain: Domain, changed: ChangedDevice): Domain {
  const { devices } = domain;
  switch (changed.kind) {
    case 'disk': {
      const name = changed.device.target?.dev;
      if (devices.disks.some((it) => it.target?.dev === name)) {
        throw VirError.of('INVALID_ARG', `target ${name} already exists.`);
      }
      return { ...domain, devices: { ...devices, disks: [...devices.disks, changed.device] } };
    }
    case 'interface':
      return { ...domain, devices: { ...devices, interfaces: [...devices.interfaces, changed.device] } };
    case 'hostdev': {
      const place = hostdevPlace(changed.device);
      if (devices.hostdevs.some((it) => hostdevPlace(it) === place)) {
        throw VirError.of('INVALID_ARG', 'device is already in the domain configuration');
      }
      return { ...domain, devices: { ...devices, hostdevs: [...devices.hostdevs, changed.device] } };
    }
    case 'other':
      throw VirError.of('CONFIG_UNSUPPORTED', 'persistent attach of device is not supported');
  }
}

/** The definition without a device. @throws VirError when it is not there */
export function detachFromConfig(domain: Domain, changed: ChangedDevice): Domain {
  const { devices } = domain;
  switch (changed.kind) {
    case 'disk': {
      const name = changed.device.target?.dev;
      const disks = devices.disks.filter((it) => it.target?.dev !== name);
      if (disks.length === devices.disks.length) {
        throw VirError.of('INVALID_ARG', `no target device ${name}`);
      }
      return { ...domain, devices: { ...devices, disks } };
    }
    case 'interface': {
      const found = sameInterface(devices.interfaces, changed.device);
      return {
        ...domain,
        devices: { ...devices, interfaces: devices.interfaces.filter((it) => it !== found) },
      };
    }
    case 'hostdev': {
      const place = hostdevPlace(changed.device);
      const hostdevs = devices.hostdevs.filter((it) => hostdevPlace(it) !== place);
      if (hostdevs.length === devices.hostdevs.length) {
        throw VirError.of('INVALID_ARG', 'device not present in domain configuration');
      }
      return { ...domain, devices: { ...devices, hostdevs } };
    }
    case 'other':
      throw VirError.of('CONFIG_UNSUPPORTED', 'persistent detach of device is not supported');
  }
}

/** The definition with a device changed: only interfaces can be. @throws VirError */
export function updateInConfig(domain: Domain, changed: ChangedDevice): Domain {
  if (changed.kind !== 'interface') {
    throw VirError.of('CONFIG_UNSUPPORTED', 'persistent update of device is not supported');
  }
  const { devices } = domain;
  const found = sameInterface(devices.interfaces, changed.device);
  const interfaces = devices.interfaces.map((it) => (it === found ? changed.device : it));
  return { ...domain, devices: { ...devices, interfaces } };
}
