import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import type { ControllerOf } from '../definition/controllers.js';

export type UsbModel = Exclude<NonNullable<ControllerOf<'usb'>['model']>, 'none'>;

interface UsbRow {
  readonly driver: string;
  readonly flag: string;
  /** Ports of its own, where nobody says how many. */
  readonly ports: number;
  /** Plugs into PCI Express. */
  readonly isExpress: boolean;
}

/** What is known of every USB controller model. */
export const usbModels: { readonly [model in UsbModel]?: UsbRow } = {
  'piix3-uhci': { driver: 'piix3-usb-uhci', flag: 'piix3-usb-uhci', ports: 2, isExpress: false },
  'piix4-uhci': { driver: 'piix4-usb-uhci', flag: 'piix4-usb-uhci', ports: 2, isExpress: false },
  ehci: { driver: 'usb-ehci', flag: 'usb-ehci', ports: 6, isExpress: false },
  'ich9-ehci1': { driver: 'ich9-usb-ehci1', flag: 'ich9-usb-ehci1', ports: 6, isExpress: false },
  'ich9-uhci1': { driver: 'ich9-usb-uhci1', flag: 'ich9-usb-ehci1', ports: 2, isExpress: false },
  'ich9-uhci2': { driver: 'ich9-usb-uhci2', flag: 'ich9-usb-ehci1', ports: 2, isExpress: false },
  'ich9-uhci3': { driver: 'ich9-usb-uhci3', flag: 'ich9-usb-ehci1', ports: 2, isExpress: false },
  'vt82c686b-uhci': { driver: 'vt82c686b-usb-uhci', flag: 'vt82c686b-usb-uhci', ports: 2, isExpress: false },
  'pci-ohci': { driver: 'pci-ohci', flag: 'pci-ohci', ports: 3, isExpress: false },
  'nec-xhci': { driver: 'nec-usb-xhci', flag: 'nec-usb-xhci', ports: 4, isExpress: true },
  'qemu-xhci': { driver: 'qemu-xhci', flag: 'qemu-xhci', ports: 4, isExpress: true },
};

/** The device of a USB controller. @throws VirError CONFIG_UNSUPPORTED for what this QEMU lacks */
export function usbDriver(to: Assembly, controller: ControllerOf<'usb'>): string {
  const { model } = controller;
  if (model === undefined) throw VirError.of('CONFIG_UNSUPPORTED', 'no model provided for USB controller');
  const row = model === 'none' ? undefined : usbModels[model];
  if (row === undefined) {
    throw VirError.of('CONFIG_UNSUPPORTED', `Unsupported controller type: ${model}`);
  }
  if (!to.cx.caps.has(row.flag)) {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      `USB controller model '${model}' not supported in this QEMU binary`,
    );
  }
  return row.driver;
}
