import type { PlanContext } from '../context.js';
import type { DomainDraft, Draft } from '../definition/draft.js';
import { hasPcieRoot } from '../definition/machine.js';
import type { Address } from '../definition/types.js';
import { pciConnect } from './pci-connect.js';
import {
  controllerNeeds,
  hostdevNeeds,
  memoryNeeds,
  networkNeeds,
  type SlotKinds,
  slotKinds,
  soundNeeds,
  videoNeeds,
  virtioNeeds,
} from './pci-needs.js';

/** Anything that holds an address. */
export interface Addressable {
  address?: Draft<Address>;
}

/** A device that sits in a PCI slot. */
export interface PciClient {
  readonly device: Addressable;
  readonly needs: number;
}

export type PciAddressDraft = Extract<Draft<Address>, { type: 'pci' }>;

/** Whether the device has a place on the PCI buses already. */
export function pciAddressOf(device: Addressable): PciAddressDraft | undefined {
  const { address } = device;
  if (address?.type !== 'pci') return undefined;
  return address.domain === 0 && address.bus === 0 && address.slot === 0 ? undefined : address;
}

/** Whether a device wants a PCI slot: it has no address, or one still to be filled in. */
export function wantsPci(device: Addressable): boolean {
  const { address } = device;
  if (address === undefined) return true;
  return address.type === 'pci' && pciAddressOf(device) === undefined;
}

/** All devices in PCI slots, in the order in which they choose theirs. */
export function pciClients(domain: DomainDraft, cx: PlanContext): readonly PciClient[] {
  const kinds = slotKinds(domain);
  const of = (device: Addressable, needs: number): PciClient => ({ device, needs });
  const { devices } = domain;
  const controllers = devices.controllers.map((it) => of(it, controllerNeeds(it, kinds)));
  const isPci = (client: PciClient) =>
    devices.controllers.some((it) => it === client.device && it.type === 'pci');
  return [
    ...controllers.filter(isPci),
    ...devices.filesystems.map((it) => of(it, virtioNeeds(it.model, kinds))),
    ...devices.interfaces.map((it) => of(it, networkNeeds(it, kinds))),
    ...devices.sounds.map((it) => of(it, soundNeeds(it, kinds))),
    ...controllers.filter((it) => !isPci(it)),
    ...devices.disks.map((it) => of(it, it.target.bus === 'virtio' ? virtioNeeds(it.model, kinds) : 0)),
    ...devices.hostdevs.map((it) => of(it, hostdevNeeds(it, kinds, cx))),
    ...lateClients(domain, kinds),
  ].filter((it) => it.needs !== 0);
}

/** Part of the root complex where there is one. */
function integratedNeeds(domain: DomainDraft, kinds: SlotKinds): number {
  return hasPcieRoot(domain) ? pciConnect.pcieDevice | pciConnect.integrated : kinds.virtio;
}

function lateClients(domain: DomainDraft, kinds: SlotKinds): readonly PciClient[] {
  const { devices } = domain;
  const of = (device: Addressable, needs: number): PciClient => ({ device, needs });
  const clients: PciClient[] = [];
  const { memballoon, iommu, vsock } = devices;
  if (memballoon !== undefined && memballoon.model !== 'none' && memballoon.model !== 'xen') {
    clients.push(of(memballoon, virtioNeeds(memballoon.model, kinds)));
  }
  for (const rng of devices.rngs) clients.push(of(rng, virtioNeeds(rng.model, kinds)));
  for (const it of devices.watchdogs) if (it.model === 'i6300esb') clients.push(of(it, kinds.pci));
  for (const video of devices.videos) clients.push(of(video, videoNeeds(video, kinds)));
  for (const shmem of devices.shmems) clients.push(of(shmem, kinds.pci));
  for (const input of devices.inputs) {
    if (input.bus === 'virtio') clients.push(of(input, virtioNeeds(input.model, kinds)));
  }
  for (const serial of devices.serials) {
    if (serial.target?.type === 'pci-serial') clients.push(of(serial, kinds.pci));
  }
  for (const it of devices.panics) if (it.model === 'pvpanic') clients.push(of(it, kinds.pcie));
  for (const it of devices.memories) clients.push(of(it, memoryNeeds(it, kinds)));
  if (iommu?.model === 'virtio') clients.push(of(iommu, integratedNeeds(domain, kinds)));
  if (vsock !== undefined) clients.push(of(vsock, virtioNeeds(vsock.model, kinds)));
  for (const crypto of devices.cryptos) clients.push(of(crypto, kinds.virtio));
  return clients;
}
