import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import { iothreadNumbers } from '../definition/iothread-numbers.js';
import { isI440fx, isQ35 } from '../definition/machine.js';
import type { Controller } from '../definition/types.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for controllers that the machine or QEMU has not */
export function validateControllers(domain: Domain): void {
  for (const controller of domain.devices.controllers) {
    switch (controller.type) {
      case 'ide':
        checkIde(domain, controller);
        break;
      case 'scsi':
        checkIothread(domain, controller);
        checkScsi(controller);
        break;
      case 'pci':
        checkPci(domain, controller);
        break;
      case 'usb':
        checkUsbPorts(controller);
        break;
      default:
    }
  }
}

type Of<T extends Controller['type']> = Extract<Controller, { type: T }>;

function checkIde(domain: Domain, { index }: Of<'ide'>): void {
  if (isI440fx(domain) && (index ?? 0) === 0) return;
  if (isI440fx(domain) || isQ35(domain)) {
    throw isQ35(domain)
      ? unsupported('IDE controllers are unsupported for this QEMU binary or machine type')
      : unsupported('Only a single IDE controller is supported for this machine type');
  }
}

function checkIothread(domain: Domain, { driver }: Of<'scsi'>): void {
  const iothread = driver?.iothread;
  if (iothread === undefined || iothreadNumbers(domain).has(iothread)) return;
  throw unsupported(`controller iothread '${iothread}' not defined in iothreadid`);
}

const VIRTIO_SCSI_ONLY = ['queues', 'cmd_per_lun', 'max_sectors', 'ioeventfd'] as const;

function checkScsi({ model = 'lsilogic', driver }: Of<'scsi'>): void {
  if (model === 'buslogic') throw unsupported(`Unsupported controller model: ${model}`);
  if (model === 'ncr53c90') {
    throw unsupported('ncr53c90 SCSI controller is not a built-in for this machine');
  }
  if (model.startsWith('virtio')) return;
  const name = VIRTIO_SCSI_ONLY.find((it) => driver?.[it] !== undefined);
  if (name !== undefined) throw unsupported(`'${name}' is only supported by virtio-scsi controller`);
}

const MAX_CHASSIS = 255;

const MAX_BUS_NUMBER = 254;

/** QEMU's devices for each kind of bridge. */
const BRIDGE_NAMES: Readonly<Record<string, readonly string[]>> = {
  'pci-bridge': ['pci-bridge'],
  'dmi-to-pci-bridge': ['i82801b11-bridge'],
  'pcie-root-port': ['ioh3420', 'pcie-root-port'],
  'pcie-switch-upstream-port': ['x3130-upstream'],
  'pcie-switch-downstream-port': ['xio3130-downstream'],
  'pci-expander-bus': ['pxb'],
  'pcie-expander-bus': ['pxb-pcie'],
  'pcie-to-pci-bridge': ['pcie-pci-bridge'],
};

function checkBridgeName({ index, model, modelName }: Of<'pci'>): void {
  const known = BRIDGE_NAMES[model ?? ''];
  if (known === undefined || modelName === undefined || known.includes(modelName)) return;
  throw unsupported(
    `Option 'modelName' has invalid value for PCI controller with index '${index}', ` +
      `model '${model}' and modelName '${modelName}'`,
  );
}

function checkPci(domain: Domain, controller: Of<'pci'>): void {
  const { index, model, target } = controller;
  checkBridgeName(controller);
  const busNr = target?.busNr;
  if (busNr !== undefined && (busNr < 1 || busNr > MAX_BUS_NUMBER)) {
    throw unsupported(`PCI controller busNr '${busNr}' out of range - must be 1-${MAX_BUS_NUMBER}`);
  }
  const chassis = target?.chassisNr;
  if (chassis !== undefined && (chassis < 1 || chassis > MAX_CHASSIS)) {
    throw unsupported(`PCI controller chassisNr '${chassis}' out of range - must be 1-${MAX_CHASSIS}`);
  }
  const cells = domain.cpu?.numa?.cells.length ?? 0;
  if (target?.node === undefined || target.node < cells) return;
  throw VirError.of(
    'XML_ERROR',
    `${model} with index ${index} is configured for a NUMA node (${target.node}) ` +
      `not present in the domain's <cpu><numa> array (${cells})`,
  );
}

const XHCI_PORTS = 15;

function checkUsbPorts({ model, ports }: Of<'usb'>): void {
  if (ports === undefined) return;
  if (model !== 'nec-xhci' && model !== 'qemu-xhci') {
    throw unsupported(`usb controller type '${model ?? ''}' doesn't support 'ports' with this QEMU binary`);
  }
  if (ports > XHCI_PORTS) {
    throw unsupported(`'${model}' controller only supports up to '${XHCI_PORTS}' ports`);
  }
}
