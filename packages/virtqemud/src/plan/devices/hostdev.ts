import { VirError } from '@modvirt/core/errors';
import type { Assembly } from '../assembly.js';
import type { NodeNumbers } from '../block/disk-chain.js';
import type { Props } from '../command/json.js';
import type { BootOrder } from '../definition/boot-order.js';
import { aliasOf } from '../definition/controllers.js';
import type { Hostdev } from '../definition/types.js';
import { addressProps, controllerAlias } from './address-props.js';
import { romProps } from './rom.js';
import { addScsiHostdevBackend } from './scsi-hostdev.js';
import { virtioDriver } from './virtio.js';

type Subsystem = Extract<Hostdev, { mode: 'subsystem' }>;
type Of<T extends Subsystem['type']> = Extract<Subsystem, { type: T }>;

export function addHostdev(to: Assembly, hostdev: Hostdev, boot: BootOrder, numbers: NodeNumbers): void {
  if (hostdev.address?.type === 'unassigned') return;
  if (hostdev.mode !== 'subsystem') {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      `hostdev mode 'capabilities' is not supported in ${to.domain.type}`,
    );
  }
  switch (hostdev.type) {
    case 'pci':
      to.out.device(pciProps(to, hostdev, boot));
      return;
    case 'usb':
      to.out.device(usbProps(to, hostdev, boot));
      return;
    case 'mdev':
      to.out.device(mdevProps(to, hostdev, boot));
      return;
    case 'scsi_host':
      to.out.device(scsiHostProps(to, hostdev));
      return;
    case 'scsi':
      addScsi(to, hostdev, boot, numbers);
      return;
  }
}

interface HostPci {
  readonly domain: number;
  readonly bus: number;
  readonly slot: number;
  readonly function: number;
}

/** An address as the host's kernel writes it: `0000:06:12.5`. */
export function hostPciText({ domain, bus, slot, function: fn }: HostPci): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${fn}`;
}

function pciProps(to: Assembly, hostdev: Of<'pci'>, boot: BootOrder): Props {
  const withoutHotplug = hostdev.ramfb === true;
  const { name = 'vfio' } = hostdev.driver ?? {};
  if (name !== 'vfio') throw VirError.of('INTERNAL_ERROR', `invalid PCI passthrough type '${name}'`);
  return {
    driver: withoutHotplug ? 'vfio-pci-nohotplug' : 'vfio-pci',
    host: hostPciText(hostdev.source.address),
    id: aliasOf(hostdev),
    display: onOff(hostdev.display),
    ramfb: hostdev.ramfb === true ? true : undefined,
    bootindex: boot.of(hostdev),
    failover_pair_id: hostdev.teaming?.persistent,
    ...addressProps(to, hostdev),
    ...romProps(hostdev.rom),
  };
}

function onOff(value: boolean | undefined): 'on' | 'off' | undefined {
  return value === undefined ? undefined : value ? 'on' : 'off';
}

function usbProps(to: Assembly, hostdev: Of<'usb'>, boot: BootOrder): Props {
  const { address, missing, guestReset } = hostdev.source;
  const path = `/dev/bus/usb/${pad(address?.bus)}/${pad(address?.device)}`;
  return {
    driver: 'usb-host',
    ...(missing === true ? {} : { hostdevice: path }),
    id: aliasOf(hostdev),
    bootindex: boot.of(hostdev),
    ...resetProps(guestReset),
    ...addressProps(to, hostdev),
  };
}

function resetProps(reset: 'off' | 'uninitialized' | 'on' | undefined): Props {
  switch (reset) {
    case undefined:
      return {};
    case 'off':
      return { 'guest-reset': false };
    case 'uninitialized':
      return { 'guest-reset': true, 'guest-resets-all': false };
    case 'on':
      return { 'guest-reset': true, 'guest-resets-all': true };
  }
}

function pad(number: number | undefined): string {
  return String(number ?? 0).padStart(3, '0');
}

function mdevProps(to: Assembly, hostdev: Of<'mdev'>, boot: BootOrder): Props {
  const isPci = hostdev.model === 'vfio-pci';
  return {
    driver: isPci && hostdev.ramfb === true ? 'vfio-pci-nohotplug' : hostdev.model,
    id: aliasOf(hostdev),
    sysfsdev: `/sys/bus/mdev/devices/${hostdev.source.address.uuid}`,
    display: onOff(hostdev.display),
    ramfb: hostdev.ramfb === true ? true : undefined,
    bootindex: boot.of(hostdev),
    ...addressProps(to, hostdev),
  };
}

function scsiHostProps(to: Assembly, hostdev: Of<'scsi_host'>): Props {
  const fd = to.out.descriptor('vhost-scsi', (number) => ({ type: 'open', number, path: '/dev/vhost-scsi' }));
  return {
    driver: virtioDriver('vhost-scsi', hostdev.address, hostdev.model),
    wwpn: hostdev.source.wwpn,
    vhostfd: String(fd),
    id: aliasOf(hostdev),
    ...addressProps(to, hostdev),
  };
}

function addScsi(to: Assembly, hostdev: Of<'scsi'>, boot: BootOrder, numbers: NodeNumbers): void {
  const drive = addScsiHostdevBackend(to, hostdev, numbers);
  if (hostdev.address?.type !== 'drive') return;
  const { controller, bus, target, unit } = hostdev.address;
  const isFlat = to.domain.devices.controllers.some(
    (it) => it.type === 'scsi' && (it.index ?? 0) === controller && it.model === 'lsilogic',
  );
  to.out.device({
    driver: 'scsi-generic',
    'share-rw': hostdev.shareable === true ? true : undefined,
    drive,
    id: aliasOf(hostdev),
    bootindex: boot.of(hostdev),
    bus: `${controllerAlias(to, 'scsi', controller)}.0`,
    ...(isFlat ? { 'scsi-id': unit } : { channel: bus, 'scsi-id': target, lun: unit }),
  });
}
