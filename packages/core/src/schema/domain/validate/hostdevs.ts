import { VirError } from '../../../errors/vir-error.js';
import type { Address } from '../address.js';
import type { Devices } from '../devices.js';
import type { Hostdev } from '../hostdev.js';

/** What tells host devices apart; undefined for those that may be there twice. */
function identityOf(it: Hostdev): string | undefined {
  if (it.mode === 'capabilities') return undefined;
  switch (it.type) {
    case 'pci': {
      const { domain, bus, slot, function: fn } = it.source.address;
      return `pci ${domain} ${bus} ${slot} ${fn}`;
    }
    case 'usb':
      return usbIdentity(it.source);
    case 'scsi':
      return scsiIdentity(it.source);
    case 'mdev':
      return `mdev ${it.source.address.uuid}`;
    case 'scsi_host':
      return `scsi_host ${it.source.wwpn}`;
  }
}

type UsbSource = Extract<Hostdev, { type: 'usb' }>['source'];
type ScsiSource = Extract<Hostdev, { type: 'scsi' }>['source'];

function usbIdentity({ address, vendor, product }: UsbSource): string {
  if (address?.bus !== undefined) return `usb ${address.bus} ${address.device}`;
  return `usb id ${vendor} ${product}`;
}

function scsiIdentity(source: ScsiSource): string {
  if (source.protocol === 'iscsi')
    return `iscsi ${source.hosts[0]?.name} ${source.hosts[0]?.port} ${source.name}`;
  const { adapter, address } = source;
  return `scsi ${adapter} ${address?.bus} ${address?.target} ${address?.unit}`;
}

type Drive = Extract<Address, { type: 'drive' }>;

function driveKey(address: Drive): string {
  return `${address.controller} ${address.bus} ${address.target} ${address.unit}`;
}

function describeDrive({ controller, bus, target, unit }: Drive): string {
  return `controller='${controller}' bus='${bus}' target='${target}' unit='${unit}'`;
}

/** @throws VirError for a host device that is there twice, or stands where something else stands */
export function validateHostdevs(devices: Devices): void {
  const identities = new Set<string>();
  for (const it of devices.hostdevs) {
    const identity = identityOf(it);
    if (identity === undefined) continue;
    if (identities.has(identity)) {
      throw VirError.of('XML_ERROR', 'Hostdev already exists in the domain configuration');
    }
    identities.add(identity);
  }
  checkScsiPlaces(devices);
  for (const it of devices.hostdevs) checkMediated(it);
}

function checkScsiPlaces(devices: Devices): void {
  const disks = new Map<string, string>();
  for (const { address, target } of devices.disks) {
    if (target.bus === 'scsi' && address?.type === 'drive') disks.set(driveKey(address), target.dev);
  }
  const taken = new Set<string>();
  for (const it of devices.hostdevs) {
    if (it.mode !== 'subsystem' || it.type !== 'scsi' || it.address?.type !== 'drive') continue;
    const key = driveKey(it.address);
    const disk = disks.get(key);
    if (disk !== undefined) {
      throw VirError.of(
        'CONFIG_UNSUPPORTED',
        `using disk target name '${disk}' conflicts with SCSI host device address ${describeDrive(it.address).slice(0, -1)}`,
      );
    }
    if (taken.has(key)) {
      throw VirError.of(
        'CONFIG_UNSUPPORTED',
        `SCSI host address ${describeDrive(it.address)} in use by another SCSI host device`,
      );
    }
    taken.add(key);
  }
}

const MEDIATED_ADDRESS: Readonly<Record<string, Address['type']>> = { 'vfio-pci': 'pci', 'vfio-ccw': 'ccw' };

function checkMediated(it: Hostdev): void {
  if (it.mode !== 'subsystem' || it.type !== 'mdev' || it.address === undefined) return;
  const wanted = MEDIATED_ADDRESS[it.model];
  if (wanted === undefined || it.address.type === wanted) return;
  throw VirError.of(
    'XML_ERROR',
    `Unsupported address type '${it.address.type}' with mediated device model '${it.model}'`,
  );
}
