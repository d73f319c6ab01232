import type { Controller } from '../controller.js';
import type { Devices } from '../devices.js';

type Kind = Controller['type'];

/** Gives controllers without an index the next one of their kind. */
export function indexControllers(controllers: readonly Controller[]): readonly Controller[] {
  const indexed: Controller[] = [];
  for (const it of controllers) {
    if (it.index !== undefined) indexed.push(it);
    else indexed.push({ ...it, index: nextIndex([...controllers, ...indexed], it.type) });
  }
  return indexed;
}

function nextIndex(controllers: readonly Controller[], kind: Kind): number {
  return controllers.reduce(
    (next, it) => (it.type === kind && it.index !== undefined ? Math.max(next, it.index + 1) : next),
    0,
  );
}

const DISK_BUSES: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['ide', 'ide'],
  ['scsi', 'scsi'],
  ['fdc', 'fdc'],
  ['sata', 'sata'],
]);

/** The controllers that the addresses of devices speak of but nobody wrote down. */
export function addControllersInUse(devices: Devices): Devices {
  const controllers = [...devices.controllers];
  const need = (type: Kind, upTo: number): void => {
    for (let index = 0; index <= upTo; index++) {
      if (controllers.some((it) => it.type === type && it.index === index)) continue;
      controllers.push(plainController(type, index));
    }
  };
  for (const disk of devices.disks) {
    const kind = DISK_BUSES.get(disk.target.bus ?? '');
    if (kind !== undefined && disk.address?.type === 'drive') need(kind, disk.address.controller);
  }
  needForHostdevs(devices, need);
  needForSerial(devices, need);
  needForCards(devices, need);
  return { ...devices, controllers };
}

type Need = (type: Kind, upTo: number) => void;

function plainController(type: Kind, index: number): Controller {
  return { type, index } as Controller;
}

function needForHostdevs(devices: Devices, need: Need): void {
  for (const it of devices.hostdevs) {
    if (it.mode !== 'subsystem' || it.type !== 'scsi') continue;
    if (it.address?.type === 'drive') need('scsi', it.address.controller);
  }
}

function needForSerial(devices: Devices, need: Need): void {
  for (const { address } of devices.channels) {
    if (address?.type === 'virtio-serial') need('virtio-serial', address.controller);
  }
  for (const { address, target } of devices.consoles) {
    if (target?.type !== 'virtio') continue;
    need('virtio-serial', address?.type === 'virtio-serial' ? address.controller : 0);
  }
  const hasVirtioChannel = devices.channels.some(({ target }) => target.type === 'virtio');
  if (hasVirtioChannel) need('virtio-serial', 0);
}

function needForCards(devices: Devices, need: Need): void {
  for (const { address } of devices.smartcards) {
    if (address?.type === 'ccid') need('ccid', address.controller);
  }
}
