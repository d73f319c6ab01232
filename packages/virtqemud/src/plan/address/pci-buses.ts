import { VirError } from '@modvirt/core/errors';
import { formatPciPlace, type PciPlace } from './pci-address.js';
import {
  busTakes,
  type PciControllerModel,
  pciBusTable,
  pciConnect,
  requireBusTakes,
} from './pci-connect.js';

interface Slot {
  /** One bit a function. */
  functions: number;
  /** Whether the functions not taken are open to more of the same kind. */
  aggregate: boolean;
}

interface Bus {
  readonly model: PciControllerModel;
  readonly offers: number;
  readonly slots: Slot[];
}

export interface PciBusOptions {
  /** Whether a bus that is missing may be added (the first of two runs). */
  readonly growing: boolean;
  /** Conventional devices of an Express guest hang on a pcie-to-pci-bridge, not on dmi-to-pci and pci-bridge. */
  readonly pcieToPciBridge: boolean;
}

const WHOLE_SLOT = 0xff;

/** The guest's PCI buses with what is taken on them; hands out what is free. */
export class PciBuses {
  readonly #buses: Bus[] = [];
  readonly #options: PciBusOptions;

  constructor(options: PciBusOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#buses.length;
  }

  model(index: number): PciControllerModel | undefined {
    return this.#buses[index]?.model;
  }

  /** Adds the next bus. */
  add(model: PciControllerModel): void {
    const { offers } = pciBusTable[model];
    const slots = Array.from({ length: 32 }, () => ({ functions: 0, aggregate: false }));
    this.#buses.push({ model, offers, slots });
  }

  isSlotTaken(bus: number, slot: number): boolean {
    return (this.#slot(bus, slot)?.functions ?? 0) !== 0;
  }

  /** @throws VirError XML_ERROR when a device is in a place of the machine's own */
  requireFree(place: PciPlace): void {
    const taken = this.#slot(place.bus, place.slot)?.functions ?? 0;
    if ((taken & (1 << place.function)) === 0) return;
    throw VirError.of('XML_ERROR', `Attempted double use of PCI Address ${formatPciPlace(place)}`);
  }

  /** Whether a function of the slot other than the first is taken. */
  hasFurtherFunctions(bus: number, slot: number): boolean {
    return ((this.#slot(bus, slot)?.functions ?? 0) & ~1) !== 0;
  }

  /** Whether every slot of the bus is taken. */
  isFull(index: number): boolean {
    const bus = this.#buses[index];
    if (bus === undefined) return true;
    const { minSlot, maxSlot } = pciBusTable[bus.model];
    return bus.slots.slice(minSlot, maxSlot + 1).every((slot) => slot.functions !== 0);
  }

  /** Takes the place that stands in the definition. */
  take(place: PciPlace, needs: number): void {
    const address = formatPciPlace(place);
    if (this.#options.growing && place.bus >= this.count) this.#grow(place.bus, needs);
    const bus = this.#requirePlace(place, address);
    requireBusTakes({ index: place.bus, offers: bus.offers }, needs, address);
    this.#mark(bus, place, needs, 'XML_ERROR');
  }

  /** Takes a place of the machine's own, whatever the bus offers. */
  takeFixed(place: PciPlace, needs = 0): void {
    const bus = this.#requirePlace(place, formatPciPlace(place));
    this.#mark(bus, place, needs, 'INTERNAL_ERROR');
  }

  /** Takes all eight functions of a slot. */
  takeSlot(busIndex: number, slotIndex: number): void {
    const slot = this.#slot(busIndex, slotIndex);
    if (slot !== undefined) slot.functions = WHOLE_SLOT;
  }

  /** Finds, takes and returns the next free place for a device that needs `needs`. */
  takeNext(needs: number): PciPlace {
    const place = this.#findFree(needs) ?? this.#placeOnNewBus(needs);
    const bus = this.#requirePlace(place, formatPciPlace(place));
    this.#mark(bus, place, needs, 'INTERNAL_ERROR');
    return place;
  }

  /** Finds the next free slot without taking it. */
  findNext(needs: number): PciPlace {
    return this.#findFree(needs) ?? this.#placeOnNewBus(needs);
  }

  #slot(bus: number, slot: number): Slot | undefined {
    return this.#buses[bus]?.slots[slot];
  }

  #findFree(needs: number): PciPlace | undefined {
    for (const [index, bus] of this.#buses.entries()) {
      if (!busTakes(bus.offers, needs)) continue;
      const place = findOnBus(bus, index, needs);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  #placeOnNewBus(needs: number): PciPlace {
    if (this.count === 0) throw VirError.of('XML_ERROR', 'No PCI buses available');
    if (!this.#options.growing) throw VirError.of('INTERNAL_ERROR', 'No more available PCI slots');
    const bus = this.#grow(this.count, needs);
    const model = this.#buses[bus]?.model ?? 'pci-root';
    return { domain: 0, bus, slot: pciBusTable[model].minSlot, function: 0 };
  }

  /** Adds what a device with `needs` wants to sit on, up to bus `wanted` at least; answers its bus. */
  #grow(wanted: number, needs: number): number {
    if ((needs & (pciConnect.pciDevice | pciConnect.pciBridge)) !== 0) return this.#growConventional(wanted);
    if (
      (needs & (pciConnect.dmiToPciBridge | pciConnect.pciExpanderBus | pciConnect.pcieExpanderBus)) !==
      0
    ) {
      throw cannotAdd(needs);
    }
    if ((needs & (pciConnect.pcieRootPort | pciConnect.switchDownstreamPort)) !== 0) throw cannotAdd(needs);
    while (this.count <= wanted) this.add('pcie-root-port');
    return wanted;
  }

  #growConventional(wanted: number): number {
    const hasPlace = this.#buses.some((bus) => (bus.offers & pciConnect.pciBridge) !== 0);
    let bus = wanted;
    if (!hasPlace) {
      if (this.#options.pcieToPciBridge) {
        const port = this.#findFree(pciConnect.pcieToPciBridge);
        const above = port?.bus ?? this.count;
        if (port === undefined) this.add('pcie-root-port');
        this.takeSlot(above, 0);
        this.add('pcie-to-pci-bridge');
        bus = Math.max(bus, this.count - 1);
        while (this.count <= bus) this.add('pci-bridge');
        return bus;
      }
      this.add('dmi-to-pci-bridge');
      bus = Math.max(bus, this.count);
    }
    while (this.count <= bus) this.add('pci-bridge');
    return bus;
  }

  #requirePlace(place: PciPlace, address: string): Bus {
    if (this.count === 0) throw VirError.of('XML_ERROR', 'No PCI buses available');
    if (place.domain !== 0) {
      throw VirError.of('XML_ERROR', `Invalid PCI address ${address}. Only PCI domain 0 is available`);
    }
    const bus = this.#buses[place.bus];
    if (bus === undefined) {
      throw VirError.of(
        'XML_ERROR',
        `Invalid PCI address ${address}. Only PCI buses up to ${this.count - 1} are available`,
      );
    }
    const { minSlot, maxSlot } = pciBusTable[bus.model];
    if (place.slot < minSlot) {
      throw VirError.of('XML_ERROR', `Invalid PCI address ${address}. slot must be >= ${minSlot}`);
    }
    if (place.slot > maxSlot) {
      throw VirError.of('XML_ERROR', `Invalid PCI address ${address}. slot must be <= ${maxSlot}`);
    }
    if (place.function > 7) {
      throw VirError.of('XML_ERROR', `Invalid PCI address ${address}. function must be <= 7`);
    }
    return bus;
  }

  #mark(bus: Bus, place: PciPlace, needs: number, error: 'XML_ERROR' | 'INTERNAL_ERROR'): void {
    const slot = bus.slots[place.slot];
    if (slot === undefined) return;
    const bit = 1 << place.function;
    if ((slot.functions & bit) !== 0) {
      throw VirError.of(error, `Attempted double use of PCI Address ${formatPciPlace(place)}`);
    }
    if (slot.functions === 0) slot.aggregate = (needs & pciConnect.aggregateSlot) !== 0;
    slot.functions |= bit;
  }
}

function findOnBus(bus: Bus, index: number, needs: number): PciPlace | undefined {
  const { minSlot, maxSlot } = pciBusTable[bus.model];
  for (let number = minSlot; number <= maxSlot; number++) {
    const slot = bus.slots[number];
    if (slot === undefined) continue;
    if (slot.functions === 0) return { domain: 0, bus: index, slot: number, function: 0 };
    if ((needs & pciConnect.aggregateSlot) === 0 || !slot.aggregate) continue;
    const free = [1, 2, 3, 4, 5, 6, 7].find((fn) => (slot.functions & (1 << fn)) === 0);
    if (free !== undefined) return { domain: 0, bus: index, slot: number, function: free };
  }
  return undefined;
}

function cannotAdd(needs: number): VirError {
  const [model] = Object.entries(pciBusTable).find(([, row]) => (row.needs & needs) !== 0) ?? ['unknown'];
  return VirError.of(
    'INTERNAL_ERROR',
    `a PCI slot is needed to connect a PCI controller model='${model}', but none is available, ` +
      'and it cannot be automatically added',
  );
}
