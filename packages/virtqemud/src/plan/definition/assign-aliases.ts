import type { Domain } from '@modvirt/core/schema';
import { diskIndex } from './disk-names.js';
import { type DomainDraft, type Draft, draftOf, finished } from './draft.js';
import { hasPcieRoot, isI440fx, isQ35 } from './machine.js';
import type { Controller, Disk, MemoryDevice } from './types.js';

interface Named {
  alias?: string;
}

/** Gives every device the name under which the running emulator knows it; names that users chose are kept. */
export function assignAliases(domain: Domain): Domain {
  const draft = draftOf(domain);
  const { devices } = draft;
  for (const controller of devices.controllers) controller.alias = aliasForController(draft, controller);
  for (const disk of devices.disks) disk.alias ??= diskAlias(draft, disk);
  const hostInterfaces = devices.interfaces.filter((it) => it.type === 'hostdev');
  numbered('hostdev', [...hostInterfaces, ...devices.hostdevs]);
  numbered('net', devices.interfaces);
  numbered('fs', devices.filesystems);
  numbered('sound', devices.sounds);
  numbered('redir', devices.redirdevs);
  numbered('video', devices.videos);
  numbered('hub', devices.hubs);
  numbered('shmem', devices.shmems);
  numbered('smartcard', devices.smartcards);
  numbered('rng', devices.rngs);
  numbered('tpm', devices.tpms);
  numbered('input', devices.inputs);
  numbered('serial', devices.serials);
  numbered('parallel', devices.parallels);
  numbered('channel', devices.channels);
  numbered('watchdog', devices.watchdogs);
  numbered('panic', devices.panics);
  numbered('crypto', devices.cryptos);
  nameConsoles(draft);
  for (const device of devices.memories) device.alias ??= memoryAlias(devices.memories, device);
  nameSingles(draft);
  return finished(draft);
}

/** Each gets the lowest number above those of its kind that have one. */
function numbered(prefix: string, devices: Named[]): void {
  const taken = devices.flatMap((it) => numberOf(prefix, it.alias));
  let next = Math.max(-1, ...taken) + 1;
  for (const device of devices) device.alias ??= `${prefix}${next++}`;
}

function numberOf(prefix: string, alias: string | undefined): readonly number[] {
  if (alias === undefined || !alias.startsWith(prefix)) return [];
  const digits = alias.slice(prefix.length);
  return /^\d+$/.test(digits) ? [Number(digits)] : [];
}

function nameConsoles(domain: DomainDraft): void {
  const { consoles, serials } = domain.devices;
  for (const [at, device] of consoles.entries()) {
    const serial = device.target?.type === 'serial' && at === 0 ? serials[0]?.alias : undefined;
    device.alias ??= serial ?? `console${at}`;
  }
}

function nameSingles(domain: DomainDraft): void {
  const { memballoon, vsock, iommu, nvram, pstore } = domain.devices;
  if (memballoon !== undefined && memballoon.model !== 'none') memballoon.alias ??= 'balloon0';
  if (vsock !== undefined) vsock.alias ??= 'vsock0';
  if (iommu !== undefined) iommu.alias ??= 'iommu0';
  if (nvram !== undefined) nvram.alias ??= 'nvram';
  if (pstore !== undefined) pstore.alias ??= 'pstore0';
}

const MEMORY_PREFIXES: { readonly [model in MemoryDevice['model']]: string } = {
  dimm: 'dimm',
  nvdimm: 'nvdimm',
  'virtio-pmem': 'virtiopmem',
  'virtio-mem': 'virtiomem',
  'sgx-epc': 'epc',
};

function memoryAlias(all: readonly Draft<MemoryDevice>[], device: Draft<MemoryDevice>): string {
  const prefix = MEMORY_PREFIXES[device.model];
  if (device.address?.type === 'dimm') return `${prefix}${device.address.slot}`;
  const taken = all.flatMap((it) => numberOf(prefix, it.alias));
  return `${prefix}${Math.max(-1, ...taken) + 1}`;
}

/** Controllers of the machine itself have the name that QEMU gave them, whatever the user wants. */
function aliasForController(domain: DomainDraft, controller: Draft<Controller>): string {
  const own = controllerAlias(domain, controller);
  return isBuiltIn(domain, controller) ? own : (controller.alias ?? own);
}

function isBuiltIn(domain: DomainDraft, controller: Draft<Controller>): boolean {
  if ((controller.index ?? 0) !== 0) return false;
  switch (controller.type) {
    case 'pci':
      return true;
    case 'ide':
      return isI440fx(domain);
    case 'sata':
      return isQ35(domain);
    default:
      return false;
  }
}

function controllerAlias(domain: DomainDraft, controller: Draft<Controller>): string {
  const index = controller.index ?? 0;
  switch (controller.type) {
    case 'pci':
      if (index !== 0) return `pci.${index}`;
      return hasPcieRoot(domain) ? 'pcie.0' : 'pci.0';
    case 'ide':
      return index === 0 && isI440fx(domain) ? 'ide' : `ide${index}`;
    case 'sata':
      return index === 0 && isQ35(domain) ? 'ide' : `sata${index}`;
    case 'usb':
      return index === 0 ? 'usb' : `usb${index}`;
    case 'scsi':
      return controller.model === 'ncr53c90' ? 'scsi' : `scsi${index}`;
    default:
      return `${controller.type}${index}`;
  }
}

function diskAlias(domain: DomainDraft, disk: Draft<Disk>): string {
  const bus = disk.target.bus ?? '';
  if (disk.address?.type !== 'drive') {
    const prefix = bus === 'virtio' ? 'virtio-disk' : bus === 'usb' ? 'usb-disk' : `${bus}-disk`;
    return `${prefix}${diskIndex(disk.target.dev) ?? 0}`;
  }
  const { controller, bus: onBus, target, unit } = disk.address;
  if (bus !== 'scsi') return `${bus}${controller}-${onBus}-${unit}`;
  const model = domain.devices.controllers.find(
    (it) => it.type === 'scsi' && (it.index ?? 0) === controller,
  )?.model;
  return model === 'lsilogic'
    ? `scsi${controller}-${onBus}-${unit}`
    : `scsi${controller}-${onBus}-${target}-${unit}`;
}
