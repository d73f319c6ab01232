import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import type { Props } from '../command/json.js';
import { aliasOf, findController } from '../definition/controllers.js';
import type { Address } from '../definition/types.js';

interface Placed {
  readonly address?: Address | undefined;
  readonly acpi?: { readonly index?: number | undefined } | undefined;
}

/** The properties that put a device on its bus. */
export function addressProps(to: Assembly, device: Placed): Props {
  const { address } = device;
  switch (address?.type) {
    case undefined:
      return {};
    case 'pci':
      return {
        bus: pciBusName(to, address.bus),
        multifunction: address.multifunction,
        addr: pciSlot(address.slot, address.function),
        'acpi-index': device.acpi?.index,
      };
    case 'usb':
      return { bus: `${usbControllerAlias(to, address.bus)}.0`, port: address.port };
    case 'virtio-serial':
      return {
        bus: `${controllerAlias(to, 'virtio-serial', address.controller)}.${address.bus}`,
        nr: address.port,
      };
    case 'ccid':
      return { bus: `${controllerAlias(to, 'ccid', address.controller)}.0` };
    case 'ccw':
      return { devno: ccwNumber(address) };
    case 'spapr-vio':
      return address.reg === undefined ? {} : { reg: address.reg };
    case 'isa':
      return { iobase: address.iobase, irq: address.irq };
    case 'drive':
    case 'dimm':
    case 'virtio-s390':
    case 'virtio-mmio':
    case 'unassigned':
      return {};
  }
}

function pciSlot(slot: number, fn: number): string {
  const text = `0x${slot.toString(16)}`;
  return fn === 0 ? text : `${text}.0x${fn.toString(16)}`;
}

function ccwNumber(address: Extract<Address, { type: 'ccw' }>): string {
  const part = (value: number | undefined, digits: number) => (value ?? 0).toString(16).padStart(digits, '0');
  return `${part(address.cssid, 1)}.${part(address.ssid, 1)}.${part(address.devno, 4)}`;
}

/** QEMU's name of a PCI bus: its controller's alias. */
export function pciBusName(to: Assembly, index: number): string {
  return controllerAlias(to, 'pci', index);
}

type ControllerType = Parameters<typeof findController>[1];

/** The alias of a controller that must be there. */
export function controllerAlias(to: Assembly, type: ControllerType, index: number): string {
  const found = findController(to.domain, type, index);
  if (found === undefined) {
    throw VirError.of(
      'INTERNAL_ERROR',
      `Could not find ${type} controller with index ${index} required for device`,
    );
  }
  return aliasOf(found);
}

/** USB controllers that share an index are one bus: the first of them names it. */
function usbControllerAlias(to: Assembly, index: number): string {
  return controllerAlias(to, 'usb', index);
}
