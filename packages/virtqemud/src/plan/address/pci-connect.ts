import { VirError } from '@modvirt/core/errors';

/** What a device needs of a PCI slot, and what a bus offers in its slots; a set of bits. */
export const pciConnect = {
  hotpluggable: 1 << 0,
  /** May share a slot with its like, one function each. */
  aggregateSlot: 1 << 1,
  pciDevice: 1 << 2,
  pcieDevice: 1 << 3,
  pcieRootPort: 1 << 4,
  switchUpstreamPort: 1 << 5,
  switchDownstreamPort: 1 << 6,
  dmiToPciBridge: 1 << 7,
  pciExpanderBus: 1 << 8,
  pcieExpanderBus: 1 << 9,
  pciBridge: 1 << 10,
  pcieToPciBridge: 1 << 11,
  /** Sits on the root bus itself; no port in between. */
  integrated: 1 << 12,
} as const;

const ENDPOINTS = pciConnect.pciDevice | pciConnect.pcieDevice;

/** The kinds of connection, each with the name it has in messages. */
const KINDS: readonly (readonly [number, string])[] = [
  [pciConnect.pciDevice, 'standard PCI device'],
  [pciConnect.pcieDevice, 'PCI Express device'],
  [pciConnect.pcieRootPort, 'pcie-root-port'],
  [pciConnect.switchUpstreamPort, 'pcie-switch-upstream-port'],
  [pciConnect.switchDownstreamPort, 'pcie-switch-downstream-port'],
  [pciConnect.dmiToPciBridge, 'dmi-to-pci-bridge'],
  [pciConnect.pciExpanderBus, 'pci-expander-bus'],
  [pciConnect.pcieExpanderBus, 'pcie-expander-bus'],
  [pciConnect.pciBridge, 'pci-bridge'],
  [pciConnect.pcieToPciBridge, 'pcie-to-pci-bridge'],
];

const KIND_MASK = KINDS.reduce((mask, [bit]) => mask | bit, 0);

export type PciControllerModel =
  | 'pci-root'
  | 'pcie-root'
  | 'pci-bridge'
  | 'dmi-to-pci-bridge'
  | 'pcie-to-pci-bridge'
  | 'pcie-root-port'
  | 'pcie-switch-upstream-port'
  | 'pcie-switch-downstream-port'
  | 'pci-expander-bus'
  | 'pcie-expander-bus';

interface BusRow {
  /** What the controller itself needs; 0: it is the machine's own. */
  readonly needs: number;
  readonly offers: number;
  readonly minSlot: number;
  readonly maxSlot: number;
}

const c = pciConnect;

/** What every PCI controller needs above it and offers below it. */
export const pciBusTable: { readonly [model in PciControllerModel]: BusRow } = {
  'pci-root': {
    needs: 0,
    offers: c.hotpluggable | c.pciDevice | c.pciBridge | c.pciExpanderBus,
    minSlot: 1,
    maxSlot: 31,
  },
  'pcie-root': {
    needs: 0,
    offers: c.pcieDevice | c.pcieRootPort | c.dmiToPciBridge | c.pcieExpanderBus | c.integrated,
    minSlot: 1,
    maxSlot: 31,
  },
  'pci-bridge': {
    needs: c.pciBridge,
    offers: c.hotpluggable | c.pciDevice | c.pciBridge,
    minSlot: 1,
    maxSlot: 31,
  },
  'pci-expander-bus': {
    needs: c.pciExpanderBus,
    offers: c.hotpluggable | c.pciDevice | c.pciBridge,
    minSlot: 0,
    maxSlot: 31,
  },
  'dmi-to-pci-bridge': {
    needs: c.dmiToPciBridge,
    offers: c.pciDevice | c.pciBridge,
    minSlot: 0,
    maxSlot: 31,
  },
  'pcie-to-pci-bridge': {
    needs: c.pcieToPciBridge,
    offers: c.hotpluggable | c.pciDevice | c.pciBridge,
    minSlot: 1,
    maxSlot: 31,
  },
  'pcie-root-port': {
    needs: c.pcieRootPort | c.aggregateSlot,
    offers: c.hotpluggable | c.pcieDevice | c.switchUpstreamPort | c.pcieToPciBridge,
    minSlot: 0,
    maxSlot: 0,
  },
  'pcie-switch-upstream-port': {
    needs: c.switchUpstreamPort,
    offers: c.switchDownstreamPort,
    minSlot: 0,
    maxSlot: 31,
  },
  'pcie-switch-downstream-port': {
    needs: c.switchDownstreamPort,
    offers: c.hotpluggable | c.pcieDevice | c.switchUpstreamPort | c.pcieToPciBridge,
    minSlot: 0,
    maxSlot: 0,
  },
  'pcie-expander-bus': {
    needs: c.pcieExpanderBus,
    offers: c.pcieRootPort | c.dmiToPciBridge,
    minSlot: 0,
    maxSlot: 31,
  },
};

/** The first kind of connection in `bits`, as messages call it. */
export function connectionName(bits: number): string {
  return KINDS.find(([bit]) => (bits & bit) !== 0)?.[1] ?? 'unknown device';
}

/** Whether a bus offering `offers` takes a device needing `needs` when nobody asked for this very bus. */
export function busTakes(offers: number, needs: number): boolean {
  if ((needs & offers & KIND_MASK) === 0) return false;
  if ((needs & c.integrated) !== 0 && (offers & c.integrated) === 0) return false;
  return (needs & c.hotpluggable) === 0 || (offers & c.hotpluggable) !== 0;
}

/**
 * Refuses a device on a bus that cannot hold it. A person who names the bus may put a conventional
 * device into an Express slot, or the other way round, and give up hot plug.
 */
export function requireBusTakes(
  bus: { readonly index: number; readonly offers: number },
  needs: number,
  address: string,
): void {
  let offers = bus.offers;
  if ((offers & ENDPOINTS) !== 0) offers |= ENDPOINTS;
  if ((needs & c.integrated) !== 0 && (offers & c.integrated) === 0) {
    throw VirError.of(
      'XML_ERROR',
      `The device at PCI address ${address} needs to be an integrated device (bus=0)`,
    );
  }
  if ((needs & offers & KIND_MASK) !== 0) return;
  throw VirError.of(
    'XML_ERROR',
    `The device at PCI address ${address} cannot be plugged into the PCI controller with ` +
      `index='${bus.index}'. It requires a controller that accepts a ${connectionName(needs)}.`,
  );
}
