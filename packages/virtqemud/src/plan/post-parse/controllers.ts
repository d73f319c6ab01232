import { VirError } from '@modvirt/core/errors';
import type { PlanContext } from '../context.js';
import type { DomainDraft, Draft } from '../definition/draft.js';
import { ensureController } from '../definition/insert-controller.js';
import { isArmVirt, isI440fx, isPseries, isQ35, isRiscvVirt, isX86 } from '../definition/machine.js';
import type { Controller } from '../definition/types.js';

type UsbModel = NonNullable<Extract<Controller, { type: 'usb' }>['model']>;

/** The USB controller that a machine gets when no model is named. */
export function defaultUsbModel(domain: DomainDraft, cx: PlanContext): UsbModel | undefined {
  if (isArmVirt(domain) || isRiscvVirt(domain)) {
    return cx.caps.has('qemu-xhci') ? 'qemu-xhci' : cx.caps.has('nec-usb-xhci') ? 'nec-xhci' : undefined;
  }
  if (isPseries(domain)) {
    if (cx.caps.has('qemu-xhci')) return 'qemu-xhci';
    return cx.caps.has('nec-usb-xhci') ? 'nec-xhci' : 'pci-ohci';
  }
  return cx.caps.has('piix3-usb-uhci') ? 'piix3-uhci' : undefined;
}

/** Models of controllers that name none. */
export function fillControllers(domain: DomainDraft, cx: PlanContext): void {
  for (const controller of domain.devices.controllers) {
    switch (controller.type) {
      case 'usb':
        if (controller.model === undefined) {
          const model = defaultUsbModel(domain, cx);
          if (model !== undefined) controller.model = model;
        }
        break;
      case 'scsi':
        if (controller.model === undefined || controller.model === 'auto') {
          controller.model = defaultScsiModel(domain, cx);
        }
        break;
      case 'pci':
        requirePciIndex(controller);
        requireExpander(domain, controller);
        break;
      default:
    }
  }
}

function requirePciIndex(controller: Draft<Extract<Controller, { type: 'pci' }>>): void {
  const isRoot = controller.model === 'pci-root' || controller.model === 'pcie-root';
  if (isRoot && (controller.index ?? 0) !== 0) {
    throw VirError.of('XML_ERROR', 'pci-root and pcie-root controllers should have index 0');
  }
}

/** Which machines' root buses take a further root bus beside them. */
const EXPANDERS = { 'pci-expander-bus': isI440fx, 'pcie-expander-bus': isQ35 } as const;

function requireExpander(domain: DomainDraft, { model }: Draft<Extract<Controller, { type: 'pci' }>>): void {
  if (model !== 'pci-expander-bus' && model !== 'pcie-expander-bus') return;
  if (EXPANDERS[model](domain)) return;
  throw VirError.of('CONFIG_UNSUPPORTED', `${model} controllers are not supported with this machine type`);
}

function defaultScsiModel(domain: DomainDraft, cx: PlanContext) {
  if (isPseries(domain)) return 'ibmvscsi' as const;
  if (isX86(domain) && cx.caps.has('lsi')) return 'lsilogic' as const;
  return 'virtio-scsi' as const;
}

/** Controllers for what is plugged into them. */
export function addImplicitControllers(domain: DomainDraft): void {
  addDriveControllers(domain);
  addVirtioSerialControllers(domain);
  for (const { address } of domain.devices.smartcards) {
    if (address?.type === 'ccid') ensureController(domain, { type: 'ccid', index: address.controller });
  }
}

function ensureUpTo(type: 'ide' | 'scsi' | 'sata' | 'fdc', last: number, domain: DomainDraft): void {
  for (let index = 0; index <= last; index++) ensureController(domain, { type, index });
}

const DRIVE_BUSES = { scsi: 'scsi', fdc: 'fdc', ide: 'ide', sata: 'sata' } as const;

function addDriveControllers(domain: DomainDraft): void {
  for (const [bus, type] of Object.entries(DRIVE_BUSES)) {
    const used = domain.devices.disks.flatMap((it) =>
      it.target.bus === bus && it.address?.type === 'drive' ? [it.address.controller] : [],
    );
    ensureUpTo(type, Math.max(-1, ...used), domain);
  }
  const hostdevs = domain.devices.hostdevs.flatMap((it) =>
    it.mode === 'subsystem' && it.type === 'scsi' && it.address?.type === 'drive'
      ? [it.address.controller]
      : [],
  );
  ensureScsiLike(domain, Math.max(-1, ...hostdevs));
}

/** Devices of the host go on controllers like those that are there. */
function ensureScsiLike(domain: DomainDraft, last: number): void {
  const like = domain.devices.controllers.findLast((it) => it.type === 'scsi');
  const model = like?.type === 'scsi' ? like.model : undefined;
  for (let index = 0; index <= last; index++) {
    ensureController(domain, { type: 'scsi', index, ...(model === undefined ? {} : { model }) });
  }
}

/** A channel that names no controller is on the first one. */
function addVirtioSerialControllers(domain: DomainDraft): void {
  const { channels, consoles } = domain.devices;
  const onVirtio = [
    ...channels.filter((it) => it.target.type === 'virtio'),
    ...consoles.filter((it) => it.target?.type === 'virtio'),
  ];
  for (const { address } of onVirtio) {
    const index = address?.type === 'virtio-serial' ? address.controller : 0;
    ensureController(domain, { type: 'virtio-serial', index });
  }
}
