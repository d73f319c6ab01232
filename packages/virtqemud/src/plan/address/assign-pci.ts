import type { PlanContext } from '../context.js';
import type { DomainDraft, Draft } from '../definition/draft.js';
import { insertController } from '../definition/insert-controller.js';
import { hasPcieRoot, isI440fx, isQ35, mayHavePci } from '../definition/machine.js';
import type { Controller } from '../definition/types.js';
import { PciBuses } from './pci-buses.js';
import { requireBridgeFree, takeI440fxPlaces, takeQ35Places } from './pci-chipsets.js';
import { type Addressable, type PciClient, pciAddressOf, pciClients, wantsPci } from './pci-clients.js';
import { pciConnect } from './pci-connect.js';
import { fillPciControllers } from './pci-controllers.js';

type PciController = Extract<Draft<Controller>, { type: 'pci' }>;

/**
 * Gives every PCI device its place. The first run finds out which buses are missing, the second one
 * places the devices on all of them.
 */
export function assignPciAddresses(domain: DomainDraft, cx: PlanContext): void {
  if (!mayHavePci(domain)) return;
  const before = pciControllers(domain);
  if (before.length > 0) addMissingBuses(domain, cx, before);
  const buses = collectBuses(domain, cx, false);
  if (isI440fx(domain)) requireBridgeFree(buses);
  place(domain, cx, buses, true);
  markMultifunction(domain, cx, buses);
  fillPciControllers(domain);
}

function pciControllers(domain: DomainDraft): readonly PciController[] {
  return domain.devices.controllers.filter((it): it is PciController => it.type === 'pci');
}

function addMissingBuses(domain: DomainDraft, cx: PlanContext, before: readonly PciController[]): void {
  const count = Math.max(...before.map((it) => it.index ?? 0)) + 1;
  const buses = collectBuses(domain, cx, true);
  const isFull = Array.from({ length: buses.count }, (_, at) => buses.isFull(at)).every((it) => it);
  if (!isFull && !hasPcieRoot(domain)) buses.takeNext(pciConnect.hotpluggable | pciConnect.pciDevice);
  place(domain, cx, buses, false);
  if (count <= 1 && buses.count > count && hasPcieRoot(domain)) {
    buses.takeNext(pciConnect.hotpluggable | pciConnect.pcieDevice);
  }
  addControllers(domain, buses);
}

/** Buses that were added need controllers, and these need places on buses in turn. */
function addControllers(domain: DomainDraft, buses: PciBuses): void {
  const known = new Set(pciControllers(domain).map((it) => it.index ?? 0));
  for (let index = 1; index < buses.count; index++) {
    const model = buses.model(index);
    if (known.has(index) || model === undefined) continue;
    insertController(domain, { type: 'pci', index, model });
  }
}

/** The buses that the controllers make, with everything on them whose place is known. */
function collectBuses(domain: DomainDraft, cx: PlanContext, growing: boolean): PciBuses {
  const buses = new PciBuses({ growing, pcieToPciBridge: cx.caps.has('pcie-pci-bridge') });
  const byIndex = new Map(pciControllers(domain).map((it) => [it.index ?? 0, it]));
  const last = Math.max(-1, ...byIndex.keys());
  for (let index = 0; index <= last; index++) {
    const controller = byIndex.get(index);
    const fallback = hasPcieRoot(domain) ? 'pcie-root-port' : 'pci-bridge';
    buses.add(controller?.model ?? fallback);
  }
  for (const { device, needs } of pciClients(domain, cx)) takeKnown(domain, buses, device, needs);
  return buses;
}

function takeKnown(domain: DomainDraft, buses: PciBuses, device: Addressable, needs: number): void {
  const address = pciAddressOf(device);
  if (address === undefined || isChipset(domain, device)) return;
  buses.take(address, needs);
}

/** Parts of the chipset are taken with it. */
function isChipset(domain: DomainDraft, device: Addressable): boolean {
  const address = pciAddressOf(device);
  if (address === undefined || address.bus !== 0) return false;
  if (isI440fx(domain)) return address.slot === 1 && (address.function === 1 || address.function === 2);
  return isQ35(domain) && address.slot === 0x1f;
}

function place(domain: DomainDraft, cx: PlanContext, buses: PciBuses, keep: boolean): void {
  const clients = pciClients(domain, cx);
  const taken = new Set<Addressable>();
  const put = (device: Addressable, address: NonNullable<Addressable['address']>) => {
    taken.add(device);
    if (keep) device.address = address;
  };
  if (isI440fx(domain)) takeI440fxPlaces(domain, buses, put);
  if (isQ35(domain)) takeQ35Places(domain, buses, put);
  for (const client of clients) {
    if (taken.has(client.device) || !wantsPci(client.device)) continue;
    placeOne(domain, buses, client, put);
  }
}

function placeOne(
  domain: DomainDraft,
  buses: PciBuses,
  { device, needs }: PciClient,
  put: (device: Addressable, address: NonNullable<Addressable['address']>) => void,
): void {
  const companion = companionPlace(domain, device);
  if (companion !== undefined) {
    buses.takeFixed(companion);
    put(device, { type: 'pci', ...companion });
    return;
  }
  const isUhci1 = ich9Function(device) !== undefined;
  const multifunction = ich9Function(device) === 0 ? { multifunction: true } : {};
  if (isUhci1) {
    const free = { ...buses.findNext(needs), function: ich9Function(device) ?? 0 };
    buses.takeFixed(free);
    put(device, { type: 'pci', ...free, ...multifunction });
    return;
  }
  put(device, { type: 'pci', ...buses.takeNext(needs) });
}

const ICH9_FUNCTIONS: { readonly [model: string]: number } = {
  'ich9-ehci1': 7,
  'ich9-uhci1': 0,
  'ich9-uhci2': 1,
  'ich9-uhci3': 2,
};

/** The function that a part of an ICH9 USB 2 controller has in its slot. */
function ich9Function(device: Addressable): number | undefined {
  const controller = device as Partial<Draft<Controller>>;
  return controller.type === 'usb' ? ICH9_FUNCTIONS[controller.model ?? ''] : undefined;
}

/** Parts of one ICH9 USB 2 controller share a slot. */
function companionPlace(domain: DomainDraft, device: Addressable) {
  const fn = ich9Function(device);
  if (fn === undefined) return undefined;
  const own = domain.devices.controllers.find((it) => it === device);
  for (const other of domain.devices.controllers) {
    if (other === device || other.type !== 'usb' || other.index !== own?.index) continue;
    const address = ich9Function(other) === undefined ? undefined : pciAddressOf(other);
    if (address !== undefined) {
      return { domain: address.domain, bus: address.bus, slot: address.slot, function: fn };
    }
  }
  return undefined;
}

/** Function 0 of a slot says that there are more. */
function markMultifunction(domain: DomainDraft, cx: PlanContext, buses: PciBuses): void {
  for (const { device } of pciClients(domain, cx)) {
    const address = pciAddressOf(device);
    if (address === undefined || address.function !== 0 || address.multifunction !== undefined) continue;
    if (isChipset(domain, device)) continue;
    if (buses.hasFurtherFunctions(address.bus, address.slot)) address.multifunction = true;
  }
}
