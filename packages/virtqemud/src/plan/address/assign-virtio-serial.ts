import type { DomainDraft } from '../definition/draft.js';
import { insertController } from '../definition/insert-controller.js';
import type { Addressable } from './pci-clients.js';
import { VirtioSerialPorts } from './virtio-serial-ports.js';

/** Gives channels and consoles their ports on virtio-serial controllers, with controllers where ports are short. */
export function assignVirtioSerialAddresses(domain: DomainDraft): void {
  const ports = new VirtioSerialPorts();
  for (const controller of domain.devices.controllers) {
    if (controller.type === 'virtio-serial') ports.addController(controller.index ?? 0, controller.ports);
  }
  const consoles = domain.devices.consoles.filter(
    (it) => it.target?.type === 'virtio' && it.address !== undefined,
  );
  const channels = domain.devices.channels.filter((it) => it.target.type === 'virtio');
  for (const device of [...consoles, ...channels]) if (isKnown(device)) take(ports, device);
  for (const device of consoles) assign(domain, ports, device, 0);
  for (const device of channels) assign(domain, ports, device, 1);
}

function isKnown(device: Addressable): boolean {
  return device.address?.type === 'virtio-serial' && device.address.port !== 0;
}

function take(ports: VirtioSerialPorts, device: Addressable): void {
  if (device.address?.type === 'virtio-serial') ports.take(device.address);
}

function assign(domain: DomainDraft, ports: VirtioSerialPorts, device: Addressable, from: 0 | 1): void {
  if (isKnown(device)) return;
  const wanted = device.address?.type === 'virtio-serial' ? device.address.controller : undefined;
  let place = ports.takeNext(from, wanted);
  if (place === undefined) {
    const index = ports.freeIndex;
    insertController(domain, { type: 'virtio-serial', index });
    ports.addController(index, undefined);
    place = ports.takeNext(from, index);
  }
  if (place !== undefined) device.address = { type: 'virtio-serial', ...place };
}
