import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, leaf } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { hex, int, natural, oneOf, onOff, string, uint, uint64 } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { sizeInKiB } from '../size.js';
import { deviceAlias, deviceInfo, virtioOptions } from './device-info.js';
import { iothreadMapping } from './iothread-mapping.js';

const driver = element('driver', {
  queues: optional(attr(uint())),
  cmd_per_lun: optional(attr(uint())),
  max_sectors: optional(attr(uint())),
  ioeventfd: optional(attr(onOff)),
  iothread: optional(attr(uint())),
  ...virtioOptions,
  iothreads: iothreadMapping,
});

const pciTarget = element('target', {
  chassisNr: optional(attr(int())),
  chassis: optional(attr(int())),
  port: optional(attr(hex(1))),
  busNr: optional(attr(int())),
  index: optional(attr(int())),
  hotplug: optional(attr(onOff)),
  memReserve: optional(attr(uint64('KiB'))),
  node: optional(leaf(int())),
});

const pciModelName = oneOf(
  'pci-bridge',
  'i82801b11-bridge',
  'pcie-pci-bridge',
  'ioh3420',
  'x3130-upstream',
  'xio3130-downstream',
  'pxb',
  'pxb-pcie',
  'pcie-root-port',
  'spapr-pci-host-bridge',
);

const pciModel = oneOf(
  'pci-root',
  'pcie-root',
  'pci-bridge',
  'dmi-to-pci-bridge',
  'pcie-to-pci-bridge',
  'pcie-root-port',
  'pcie-switch-upstream-port',
  'pcie-switch-downstream-port',
  'pci-expander-bus',
  'pcie-expander-bus',
);

const scsiModel = oneOf(
  'auto',
  'buslogic',
  'lsilogic',
  'lsisas1068',
  'vmpvscsi',
  'ibmvscsi',
  'virtio-scsi',
  'lsisas1078',
  'virtio-transitional',
  'virtio-non-transitional',
  'ncr53c90',
  'dc390',
  'am53c974',
);

const usbModel = oneOf(
  'piix3-uhci',
  'piix4-uhci',
  'ehci',
  'ich9-ehci1',
  'ich9-uhci1',
  'ich9-uhci2',
  'ich9-uhci3',
  'vt82c686b-uhci',
  'pci-ohci',
  'nec-xhci',
  'qusb1',
  'qusb2',
  'qemu-xhci',
  'none',
);

const virtioModel = oneOf('virtio', 'virtio-transitional', 'virtio-non-transitional');

const badModel = {
  invalid: (value: string) => VirError.of('CONFIG_UNSUPPORTED', `Unknown model type '${value}'`),
};
const index = optional(attr(natural));
const info = { driver: optional(child(driver)), ...deviceInfo };
const plain = { index, model: optional(attr(string)), ...info };

const master = optional(childAttr('master', 'startport', uint()));

/** `<controller>`: a bus of the guest, or a part of one. */
export const controller = element(
  'controller',
  variants(
    'type',
    {
      ide: { index, model: optional(attr(oneOf('piix3', 'piix4', 'ich6'), badModel)), ...info },
      fdc: plain,
      scsi: { index, model: optional(attr(scsiModel, badModel)), ...info },
      sata: plain,
      'virtio-serial': {
        index,
        model: optional(attr(virtioModel, badModel)),
        ports: optional(attr(natural)),
        vectors: optional(attr(int())),
        ...info,
      },
      ccid: plain,
      usb: {
        index,
        model: optional(attr(usbModel, badModel)),
        ports: optional(attr(natural)),
        driver: optional(child(driver)),
        alias: deviceAlias,
        master,
        acpi: deviceInfo.acpi,
        address: deviceInfo.address,
      },
      pci: {
        index,
        model: optional(attr(pciModel, badModel)),
        modelName: optional(childAttr('model', 'name', pciModelName)),
        target: optional(child(pciTarget)),
        ...info,
        pcihole64: optional(sizeInKiB()),
      },
      xenbus: {
        index,
        model: optional(attr(string)),
        maxGrantFrames: optional(attr(int())),
        maxEventChannels: optional(attr(int())),
        ...info,
      },
      isa: plain,
      nvme: { index, model: optional(attr(string)), serial: optional(leaf(string)), ...info },
    },
    { fallback: 'ide' },
  ),
);
export type Controller = Infer<typeof controller>;
