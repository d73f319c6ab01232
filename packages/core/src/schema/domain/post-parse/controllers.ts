import { VirError } from '../../../errors/vir-error.js';
import type { Controller } from '../controller.js';
import type { Devices } from '../devices.js';

type Kind = Controller['type'];

/** More controllers of one kind than any machine has; an address that names a higher one is a mistake. */
const MAX_INDEX = 4095;

/** Gives controllers without an index the next one of their kind. */
export function indexControllers(controllers: readonly Controller[]): readonly Controller[] {
  const next = new Map<Kind, number>();
  return controllers.map((it) => {
    const index = it.index ?? next.get(it.type) ?? 0;
    next.set(it.type, Math.max(next.get(it.type) ?? 0, index + 1));
    return it.index === undefined ? { ...it, index } : it;
  });
}

const DISK_BUSES: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['ide', 'ide'],
  ['scsi', 'scsi'],
  ['fdc', 'fdc'],
  ['sata', 'sata'],
]);

/** The highest index of each kind that something speaks of. */
type Needs = Map<Kind, number>;

function need(needs: Needs, kind: Kind, index: number): void {
  needs.set(kind, Math.max(needs.get(kind) ?? 0, index));
}

/**
 * The controllers that the addresses of devices speak of but nobody wrote down.
 *
 * @throws VirError CONFIG_UNSUPPORTED for an address on a controller that no machine can have
 */
export function addControllersInUse(devices: Devices): Devices {
  const needs: Needs = new Map();
  needForDisks(devices, needs);
  needForSerial(devices, needs);
  for (const { address } of devices.smartcards) {
    if (address?.type === 'ccid') need(needs, 'ccid', address.controller);
  }
  const added = [...needs].flatMap(([kind, last]) => missing(devices.controllers, kind, last));
  return added.length === 0 ? devices : { ...devices, controllers: [...devices.controllers, ...added] };
}

function missing(controllers: readonly Controller[], kind: Kind, last: number): readonly Controller[] {
  if (last > MAX_INDEX) {
    throw VirError.of('CONFIG_UNSUPPORTED', `controller index '${last}' of type '${kind}' is too high`);
  }
  const there = new Set(controllers.filter((it) => it.type === kind).map((it) => it.index));
  const added: Controller[] = [];
  const first = kind === 'virtio-serial' ? last : 0;
  for (let index = first; index <= last; index++) {
    if (!there.has(index)) added.push({ type: kind, index } as Controller);
  }
  return added;
}

function needForDisks(devices: Devices, needs: Needs): void {
  for (const disk of devices.disks) {
    const kind = DISK_BUSES.get(disk.target.bus ?? '');
    if (kind !== undefined && disk.address?.type === 'drive') need(needs, kind, disk.address.controller);
  }
  for (const it of devices.hostdevs) {
    if (it.mode !== 'subsystem' || it.type !== 'scsi') continue;
    if (it.address?.type === 'drive') need(needs, 'scsi', it.address.controller);
  }
}

function needForSerial(devices: Devices, needs: Needs): void {
  for (const { address, target } of devices.channels) {
    if (address?.type === 'virtio-serial') need(needs, 'virtio-serial', address.controller);
    else if (target.type === 'virtio') need(needs, 'virtio-serial', 0);
  }
  for (const { address, target } of devices.consoles) {
    if (target?.type !== 'virtio') continue;
    need(needs, 'virtio-serial', address?.type === 'virtio-serial' ? address.controller : 0);
  }
}
