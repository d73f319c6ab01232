/** Where a device sits on the guest's PCI buses. */
export interface PciPlace {
  readonly domain: number;
  readonly bus: number;
  readonly slot: number;
  readonly function: number;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** `0000:01:02.3`. */
export function formatPciPlace(place: PciPlace): string {
  return `${hex(place.domain, 4)}:${hex(place.bus, 2)}:${hex(place.slot, 2)}.${place.function}`;
}
