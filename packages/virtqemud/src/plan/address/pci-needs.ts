import type { PlanContext } from '../context.js';
import type { DomainDraft, Draft } from '../definition/draft.js';
import { hasPcieRoot } from '../definition/machine.js';
import type {
  Controller,
  Hostdev,
  MemoryDevice,
  NetworkInterface,
  Sound,
  Video,
} from '../definition/types.js';
import { usbModels } from '../devices/usb-controller.js';
import { pciBusTable, pciConnect } from './pci-connect.js';

/** What kinds of slot a machine gives to conventional, Express and virtio devices. */
export interface SlotKinds {
  readonly pci: number;
  readonly pcie: number;
  readonly virtio: number;
}

const HOT_PCI = pciConnect.hotpluggable | pciConnect.pciDevice;
const HOT_PCIE = pciConnect.hotpluggable | pciConnect.pcieDevice;

export function slotKinds(domain: DomainDraft): SlotKinds {
  const express = hasPcieRoot(domain) ? HOT_PCIE : HOT_PCI;
  return { pci: HOT_PCI, pcie: express, virtio: express };
}

type Of<T extends Controller['type']> = Extract<Draft<Controller>, { type: T }>;

/** What a controller needs of its slot; 0: it has none. */
export function controllerNeeds(controller: Draft<Controller>, kinds: SlotKinds): number {
  switch (controller.type) {
    case 'pci':
      return controller.model === undefined ? 0 : pciBusTable[controller.model].needs;
    case 'usb':
      return usbNeeds(controller, kinds);
    case 'scsi':
      return scsiNeeds(controller, kinds);
    case 'sata':
    case 'ide':
      return kinds.pci;
    case 'virtio-serial':
      return virtioNeeds(controller.model, kinds);
    case 'nvme':
      return kinds.pcie;
    case 'fdc':
    case 'ccid':
    case 'xenbus':
    case 'isa':
      return 0;
  }
}

function usbNeeds(controller: Of<'usb'>, kinds: SlotKinds): number {
  if (controller.model === 'none' || controller.model === undefined) return 0;
  return usbModels[controller.model]?.isExpress === true ? kinds.pcie : kinds.pci;
}

function scsiNeeds(controller: Of<'scsi'>, kinds: SlotKinds): number {
  switch (controller.model) {
    case 'virtio-scsi':
    case 'virtio-transitional':
    case 'virtio-non-transitional':
      return virtioNeeds(controller.model, kinds);
    case 'ibmvscsi':
      return 0;
    default:
      return kinds.pci;
  }
}

/** A transitional device speaks the old protocol too and needs a conventional slot. */
export function virtioNeeds(model: string | undefined, kinds: SlotKinds): number {
  return model === 'virtio-transitional' ? kinds.pci : kinds.virtio;
}

const EXPRESS_CARDS = new Set(['e1000e', 'igb', 'vmxnet3']);
const VIRTIO_CARDS = new Set(['virtio', 'virtio-transitional', 'virtio-non-transitional']);

export function networkNeeds(net: Draft<NetworkInterface>, kinds: SlotKinds): number {
  if (net.type === 'hostdev') return kinds.pcie;
  const model = net.model ?? '';
  if (model === 'usb-net') return 0;
  if (VIRTIO_CARDS.has(model)) return virtioNeeds(model, kinds);
  return EXPRESS_CARDS.has(model) ? kinds.pcie : kinds.pci;
}

export function soundNeeds(sound: Draft<Sound>, kinds: SlotKinds): number {
  switch (sound.model) {
    case 'es1370':
    case 'ac97':
    case 'ich6':
    case 'ich9':
      return kinds.pci;
    case 'virtio':
      return kinds.virtio;
    case 'sb16':
    case 'pcspk':
    case 'usb':
    case 'ich7':
      return 0;
  }
}

export function videoNeeds(video: Draft<Video>, kinds: SlotKinds): number {
  switch (video.model?.type) {
    case 'virtio':
      return kinds.virtio;
    case 'bochs':
      return kinds.pcie;
    case 'vga':
    case 'cirrus':
    case 'vmvga':
    case 'qxl':
      return kinds.pci;
    default:
      return 0;
  }
}

export function memoryNeeds(device: Draft<MemoryDevice>, kinds: SlotKinds): number {
  return device.model === 'virtio-pmem' || device.model === 'virtio-mem' ? kinds.virtio : 0;
}

export function hostdevNeeds(hostdev: Draft<Hostdev>, kinds: SlotKinds, cx: PlanContext): number {
  if (hostdev.mode !== 'subsystem') return 0;
  switch (hostdev.type) {
    case 'pci': {
      const express = cx.host.isPciExpress('') ?? true;
      return express ? kinds.pcie : kinds.pci;
    }
    case 'scsi_host':
      return virtioNeeds(hostdev.model, kinds);
    case 'mdev':
      return hostdev.model === 'vfio-pci' ? kinds.pcie : 0;
    case 'usb':
    case 'scsi':
      return 0;
  }
}
