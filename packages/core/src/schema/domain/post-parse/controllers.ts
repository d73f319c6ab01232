import { VirError } from '../../../errors/vir-error.js';
import type { Address } from '../address.js';
import type { Controller } from '../controller.js';
import type { Devices } from '../devices.js';

type Kind = Controller['type'];

/** More controllers of one kind than any machine has; an address that names a higher one is a mistake. */
const MAX_INDEX = 4095;
const MAX_PCI_INDEX = 255;

/**
 * Gives controllers without an index the next one of their kind.
 *
 * @throws VirError XML_ERROR for two controllers of one kind and index, CONFIG_UNSUPPORTED for a PCI controller that no
 * address could name
 */
export function indexControllers(controllers: readonly Controller[]): readonly Controller[] {
  const next = new Map<Kind, number>();
  const indexed: Controller[] = [];
  for (const it of controllers) {
    const index = it.index ?? companionIndex(indexed, it) ?? next.get(it.type) ?? 0;
    if (it.type === 'pci' && index > MAX_PCI_INDEX) {
      const problem = `PCI controller index ${index} too high, maximum is ${MAX_PCI_INDEX}`;
      throw VirError.of('CONFIG_UNSUPPORTED', problem);
    }
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

/** Controllers that something speaks of: those of drives with all below them, others one by one. */
interface Needs {
  readonly highest: Map<Kind, number>;
  readonly single: Map<Kind, Set<number>>;
}

/** The controllers that the addresses of devices speak of but nobody wrote down. */
export function addControllersInUse(devices: Devices): Devices {
  const { highest, single } = needsOf(devices);
  const added = [
    ...[...highest].flatMap(([kind, last]) => missing(devices.controllers, kind, upTo(last))),
    ...[...single].flatMap(([kind, indexes]) => missing(devices.controllers, kind, [...indexes])),
  ];
  return added.length === 0 ? devices : { ...devices, controllers: [...devices.controllers, ...added] };
}

/**
 * Refuses addresses on drive controllers so high that all below them could not be made.
 *
 * @throws VirError CONFIG_UNSUPPORTED
 */
export function requirePossibleControllers(devices: Devices): void {
  for (const [kind, last] of needsOf(devices).highest) {
    if (last > MAX_INDEX) {
      throw VirError.of('CONFIG_UNSUPPORTED', `controller index '${last}' of type '${kind}' is too high`);
    }
  }
}

function needsOf(devices: Devices): Needs {
  const needs: Needs = { highest: new Map(), single: new Map() };
  needForDisks(devices, needs.highest);
  needForSerial(devices, needs.single);
  for (const { address } of devices.smartcards) {
    if (address?.type === 'ccid') needSingle(needs.single, 'ccid', address.controller);
  }
  return needs;
}

function upTo(last: number): readonly number[] {
  return Array.from({ length: last + 1 }, (_, index) => index);
}

function missing(
  controllers: readonly Controller[],
  kind: Kind,
  indexes: readonly number[],
): readonly Controller[] {
  const there = new Set(controllers.filter((it) => it.type === kind).map((it) => it.index));
  return indexes.filter((index) => !there.has(index)).map((index) => ({ type: kind, index }) as Controller);
}

function needHighest(highest: Needs['highest'], kind: Kind, index: number): void {
  highest.set(kind, Math.max(highest.get(kind) ?? 0, index));
}

function needSingle(single: Needs['single'], kind: Kind, index: number): void {
  const indexes = single.get(kind) ?? new Set();
  single.set(kind, indexes.add(index));
}

function needForDisks(devices: Devices, highest: Needs['highest']): void {
  for (const disk of devices.disks) {
    const kind = DISK_BUSES.get(disk.target.bus ?? '');
    if (kind !== undefined && disk.address?.type === 'drive') {
      needHighest(highest, kind, disk.address.controller);
    }
  }
  for (const it of devices.hostdevs) {
    if (it.mode !== 'subsystem' || it.type !== 'scsi') continue;
    if (it.address?.type === 'drive') needHighest(highest, 'scsi', it.address.controller);
  }
}

function needForSerial(devices: Devices, single: Needs['single']): void {
  for (const { address, target } of devices.channels) {
    if (target.type === 'virtio') needVirtioSerial(single, address);
  }
  for (const { address, target } of devices.consoles) {
    if (target?.type === 'virtio') needVirtioSerial(single, address);
  }
}

/** One that names no controller is on the first one. */
function needVirtioSerial(single: Needs['single'], address: Address | undefined): void {
  needSingle(single, 'virtio-serial', address?.type === 'virtio-serial' ? address.controller : 0);
}
