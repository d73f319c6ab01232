import { VirError } from '@modvirt/core/errors';
import type { DomainDraft } from '../definition/draft.js';
import { formatPciPlace, type PciPlace } from './pci-address.js';
import type { PciBuses } from './pci-buses.js';
import { type Addressable, pciAddressOf, wantsPci } from './pci-clients.js';
import { slotKinds, videoNeeds } from './pci-needs.js';

/** Records where a device is put. */
export type Put = (device: Addressable, address: NonNullable<Addressable['address']>) => void;

function at(slot: number, fn = 0): PciPlace {
  return { domain: 0, bus: 0, slot, function: fn };
}

function isAt(device: Addressable, place: PciPlace): boolean {
  const address = pciAddressOf(device);
  return (
    address !== undefined &&
    address.bus === place.bus &&
    address.slot === place.slot &&
    address.function === place.function
  );
}

/** Puts a part of the chipset where it always is. */
function fix(device: Addressable, place: PciPlace, what: string, put: Put): void {
  if (wantsPci(device)) {
    put(device, { type: 'pci', ...place });
  } else if (!isAt(device, place)) {
    const text = formatPciPlace(place).replace(/^0000:00:0?/, '0:0:');
    throw VirError.of('INTERNAL_ERROR', `Primary ${what} controller must have PCI address ${text}`);
  }
}

/** The PIIX3 of the old PC takes slot 1, the first graphics card slot 2. */
export function takeI440fxPlaces(domain: DomainDraft, buses: PciBuses, put: Put): void {
  for (const controller of domain.devices.controllers) {
    if ((controller.index ?? 0) !== 0) continue;
    if (controller.type === 'ide' && controller.address?.type !== 'unassigned') {
      fix(controller, at(1, 1), 'IDE', put);
    }
    const isPiix3 = controller.type === 'usb' && controller.model === 'piix3-uhci';
    if (isPiix3) fix(controller, at(1, 2), 'USB', put);
  }
  if (buses.count > 0) buses.takeSlot(0, 1);
  takePrimaryVideo(domain, buses, put, 2);
}

/** @throws VirError XML_ERROR when a device is where the bridge to the old buses is */
export function requireBridgeFree(buses: PciBuses): void {
  if (buses.count > 0) buses.requireFree(at(1));
}

function takePrimaryVideo(domain: DomainDraft, buses: PciBuses, put: Put, slot: number): void {
  const [primary] = domain.devices.videos;
  if (primary === undefined || !wantsPci(primary)) return;
  const needs = videoNeeds(primary, slotKinds(domain));
  if (needs === 0 || buses.isSlotTaken(0, slot)) return;
  buses.takeFixed(at(slot));
  put(primary, { type: 'pci', ...at(slot) });
}

const LPC_SLOT = 0x1f;
const ICH9_USB_SLOTS = [0x1d, 0x1a];
const ICH9_SOUND_SLOT = 0x1b;
const DMI_BRIDGE_SLOT = 0x1e;

/** The ICH9 of Q35: SATA, LPC and SMBus in slot 1f; USB, sound and bridge where real ones are, if free. */
export function takeQ35Places(domain: DomainDraft, buses: PciBuses, put: Put): void {
  for (const controller of domain.devices.controllers) {
    if (controller.type === 'sata' && (controller.index ?? 0) === 0) {
      fix(controller, at(LPC_SLOT, 2), 'SATA', put);
    }
    if (!wantsPci(controller)) continue;
    if (controller.type === 'usb' && controller.model === 'ich9-uhci1') {
      const slot = ICH9_USB_SLOTS.find((it) => !buses.isSlotTaken(0, it));
      if (slot === undefined) continue;
      buses.takeFixed(at(slot));
      put(controller, { type: 'pci', ...at(slot), multifunction: true });
    }
    if (controller.type === 'pci' && controller.model === 'dmi-to-pci-bridge') {
      if (buses.isSlotTaken(0, DMI_BRIDGE_SLOT)) continue;
      buses.takeFixed(at(DMI_BRIDGE_SLOT));
      put(controller, { type: 'pci', ...at(DMI_BRIDGE_SLOT) });
    }
  }
  if (buses.count > 0) buses.takeSlot(0, LPC_SLOT);
  takePrimaryVideo(domain, buses, put, 1);
  for (const sound of domain.devices.sounds) {
    if (sound.model !== 'ich9' || !wantsPci(sound) || buses.isSlotTaken(0, ICH9_SOUND_SLOT)) continue;
    buses.takeFixed(at(ICH9_SOUND_SLOT));
    put(sound, { type: 'pci', ...at(ICH9_SOUND_SLOT) });
    break;
  }
}
