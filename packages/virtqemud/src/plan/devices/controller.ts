import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import type { Props } from '../command/json.js';
import { aliasOf, type ControllerOf, controllersOf } from '../definition/controllers.js';
import type { Controller } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { iothreadMappingProps } from './iothread.js';
import { usbDriver } from './usb-controller.js';
import { virtioDriver, virtioProps } from './virtio.js';

/** The device of a controller; undefined when the machine has it built in. */
export function controllerProps(to: Assembly, controller: Controller): Props | undefined {
  switch (controller.type) {
    case 'scsi':
      return scsiController(to, controller);
    case 'virtio-serial':
      return virtioSerialController(to, controller);
    case 'usb':
      return usbController(to, controller);
    case 'pci':
      return pciController(to, controller);
    case 'ccid':
      return { driver: 'usb-ccid', id: aliasOf(controller), ...addressProps(to, controller) };
    case 'sata':
      return { driver: 'ahci', id: aliasOf(controller), ...addressProps(to, controller) };
    case 'nvme':
      return {
        driver: 'nvme',
        serial: controller.serial,
        id: aliasOf(controller),
        ...addressProps(to, controller),
      };
    case 'ide':
      throw VirError.of(
        'CONFIG_UNSUPPORTED',
        'Only a single IDE controller is supported for this machine type',
      );
    case 'fdc':
    case 'isa':
    case 'xenbus':
      return undefined;
  }
}

function scsiController(to: Assembly, controller: ControllerOf<'scsi'>): Props {
  const { driver } = controller;
  const queues = {
    num_queues: driver?.queues,
    cmd_per_lun: driver?.cmd_per_lun,
    max_sectors: driver?.max_sectors,
    ioeventfd: driver?.ioeventfd,
    ...iothreadMappingProps(driver?.iothreads ?? []),
  };
  const place = addressProps(to, controller);
  switch (controller.model) {
    case 'virtio-scsi':
    case 'virtio-transitional':
    case 'virtio-non-transitional':
      return {
        ...virtioProps(virtioDriver('virtio-scsi', controller.address, controller.model), driver),
        iothread: driver?.iothread === undefined ? undefined : `iothread${driver.iothread}`,
        id: aliasOf(controller),
        ...queues,
        ...place,
      };
    default:
      return { driver: scsiDriver(controller.model), id: aliasOf(controller), ...queues, ...place };
  }
}

function scsiDriver(model: ControllerOf<'scsi'>['model']): string {
  switch (model) {
    case 'lsilogic':
      return 'lsi';
    case 'lsisas1068':
      return 'mptsas1068';
    case 'lsisas1078':
      return 'megasas';
    case 'vmpvscsi':
      return 'pvscsi';
    case 'dc390':
      return 'dc-390';
    case 'am53c974':
      return 'am53c974';
    case 'ibmvscsi':
      return 'spapr-vscsi';
    default:
      throw VirError.of('CONFIG_UNSUPPORTED', `Unsupported controller model: ${model ?? 'default'}`);
  }
}

function virtioSerialController(to: Assembly, controller: ControllerOf<'virtio-serial'>): Props {
  return {
    ...virtioProps(virtioDriver('virtio-serial', controller.address, controller.model), controller.driver),
    id: aliasOf(controller),
    max_ports: controller.ports,
    vectors: controller.vectors,
    ...addressProps(to, controller),
  };
}

function usbController(to: Assembly, controller: ControllerOf<'usb'>): Props {
  const isXhci = controller.model === 'qemu-xhci' || controller.model === 'nec-xhci';
  const ports = isXhci ? controller.ports : undefined;
  const place = addressProps(to, controller);
  const driver = usbDriver(to, controller);
  if (controller.master === undefined) {
    return { driver, p2: ports, p3: ports, id: aliasOf(controller), ...place };
  }
  return { driver, masterbus: `${usbMasterAlias(to, controller)}.0`, firstport: controller.master, ...place };
}

function usbMasterAlias(to: Assembly, companion: ControllerOf<'usb'>): string {
  const master = controllersOf(to.domain, 'usb').find(
    (it) => (it.index ?? 0) === (companion.index ?? 0) && it.master === undefined,
  );
  return master === undefined ? '' : aliasOf(master);
}

function pciController(to: Assembly, controller: ControllerOf<'pci'>): Props | undefined {
  const { target } = controller;
  const driver = controller.modelName;
  const id = aliasOf(controller);
  const place = addressProps(to, controller);
  const reserve = target?.memReserve === undefined ? undefined : target.memReserve * 1024n;
  switch (controller.model) {
    case 'pci-root':
    case 'pcie-root':
      return undefined;
    case 'pci-bridge':
      return { driver, chassis_nr: target?.chassisNr, 'mem-reserve': reserve, id, ...place };
    case 'pci-expander-bus':
    case 'pcie-expander-bus':
      return { driver, bus_nr: target?.busNr, id, numa_node: target?.node, ...place };
    case 'pcie-root-port':
    case 'pcie-switch-downstream-port':
      return {
        driver,
        port: target?.port,
        chassis: target?.chassis,
        'mem-reserve': reserve,
        id,
        hotplug: target?.hotplug,
        ...place,
      };
    default:
      return { driver, id, ...place };
  }
}
