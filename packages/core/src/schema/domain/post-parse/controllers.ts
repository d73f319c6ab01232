import { VirError } from '../../../errors/vir-error.js';
import type { Controller } from '../controller.js';
import type { Devices } from '../devices.js';

type Kind = Controller['type'];

/** More controllers of one kind than any machine has; an address that names a higher one is a mistake. */
const MAX_INDEX = 4095;

/**
 * Gives controllers without an index the next one of their kind.
 *
 * @throws VirError XML_ERROR for two controllers of one kind and index
 */
export function indexControllers(controllers: readonly Controller[]): readonly Controller[] {
  const next = new Map<Kind, number>();
  const indexed: Controller[] = [];
  for (const it of controllers) {
    const index = it.index ?? companionIndex(indexed, it) ?? next.get(it.type) ?? 0;
    next.set(it.type, Math.max(next.get(it.type) ?? 0, index + 1));
    indexed.push(withStartPort({ ...it, index }));
  }
  refuseDoubles(indexed);
  return indexed;
}

/** Parts of a USB controller share an index. */
function refuseDoubles(controllers: readonly Controller[]): void {
  const seen = new Set<string>();
  for (const it of controllers) {
    if (it.type === 'usb') continue;
    const key = `${it.type} ${it.index}`;
    if (seen.has(key)) {
      throw VirError.of('XML_ERROR', `Multiple '${it.type}' controllers with index '${it.index}'`);
    }
    seen.add(key);
  }
}

function isIch9(model: string | undefined): boolean {
  return model?.startsWith('ich9-') === true;
}

/** Parts of one ICH9 USB 2 bus share an index with those before them. */
function companionIndex(before: readonly Controller[], controller: Controller): number | undefined {
  if (controller.type !== 'usb' || !isIch9(controller.model)) return undefined;
  const last = before.findLast((it) => it.type === 'usb');
  if (last?.type !== 'usb' || !isIch9(last.model) || last.index === undefined) return undefined;
  const isTaken = before.some(
    (it) => it.type === 'usb' && it.index === last.index && it.model === controller.model,
  );
  return isTaken ? undefined : last.index;
}

/** The first of the leader's ports that a companion of that model serves. */
const START_PORTS: Readonly<Record<string, number>> = { 'ich9-uhci1': 0, 'ich9-uhci2': 2, 'ich9-uhci3': 4 };

function withStartPort(controller: Controller): Controller {
  if (controller.type !== 'usb' || controller.master !== undefined) return controller;
  const startport = START_PORTS[controller.model ?? ''];
  return startport === undefined ? controller : { ...controller, master: startport };
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
