import { VirError } from '@modvirt/core/errors';
import type { DomainDraft } from '../definition/draft.js';
import { usbModels } from '../devices/usb-controller.js';
import type { Addressable } from './pci-clients.js';
import { formatUsbPort, USB_HUB_PORTS, type UsbPortPath, UsbPorts } from './usb-ports.js';

/**
 * Plugs every USB device in, with hubs where ports are short.
 *
 * @param isNew otherwise nothing is done to a guest some of whose devices have no port: it may have run so
 */
export function assignUsbAddresses(domain: DomainDraft, isNew: boolean): void {
  const all = [...domain.devices.hubs, ...usbDevices(domain)];
  if (!isNew && all.some(isUnplugged)) return;
  const ports = collectPorts(domain);
  if (ports === undefined) return;
  const devices = usbDevices(domain);
  for (const device of devices) takeKnown(ports, device);
  addHubs(domain, ports, devices);
  for (const device of [...domain.devices.hubs.filter(isUnplugged), ...devices.filter(isUnplugged)]) {
    plug(
      ports,
      device,
      domain.devices.hubs.some((it) => it === device),
    );
  }
}

function collectPorts(domain: DomainDraft): UsbPorts | undefined {
  const ports = new UsbPorts();
  let any = false;
  for (const controller of domain.devices.controllers) {
    if (controller.type !== 'usb' || controller.model === 'none' || controller.master !== undefined) continue;
    const known = usbModels[controller.model ?? 'piix3-uhci']?.ports ?? 2;
    const isXhci = controller.model === 'qemu-xhci' || controller.model === 'nec-xhci';
    ports.addBus(controller.index ?? 0, isXhci ? (controller.ports ?? known) : known);
    any = true;
  }
  if (!any) return undefined;
  const hubs = domain.devices.hubs.filter((it) => !isUnplugged(it));
  for (const hub of hubs.toSorted((a, b) => depth(a) - depth(b))) {
    if (hub.address?.type === 'usb') ports.addHub(hub.address.bus, parsePort(hub.address.port ?? ''));
  }
  return ports;
}

function depth(device: Addressable): number {
  return device.address?.type === 'usb' ? (device.address.port ?? '').split('.').length : 0;
}

function parsePort(text: string): UsbPortPath {
  return text.split('.').map(Number);
}

function isUnplugged(device: Addressable): boolean {
  const { address } = device;
  if (address === undefined || address.type === 'unassigned') return true;
  return address.type === 'usb' && address.port === undefined;
}

/** All devices on USB but hubs, in the order in which they choose their ports. */
function usbDevices(domain: DomainDraft): readonly Addressable[] {
  const { devices } = domain;
  return [
    ...devices.hostdevs.filter((it) => it.mode === 'subsystem' && it.type === 'usb'),
    ...devices.disks.filter((it) => it.target.bus === 'usb'),
    ...devices.controllers.filter((it) => it.type === 'ccid'),
    ...devices.inputs.filter((it) => it.bus === 'usb'),
    ...devices.sounds.filter((it) => it.model === 'usb'),
    ...devices.serials.filter((it) => it.target?.type === 'usb-serial'),
    ...devices.interfaces.filter((it) => it.model === 'usb-net'),
    ...devices.redirdevs,
  ];
}

function takeKnown(ports: UsbPorts, device: Addressable): void {
  if (isUnplugged(device)) return;
  if (device.address?.type !== 'usb') {
    throw VirError.of('INTERNAL_ERROR', 'unexpected address type for usb disk');
  }
  ports.take(device.address.bus, parsePort(device.address.port ?? ''));
}

/** Each hub takes a port and gives eight. */
function addHubs(domain: DomainDraft, ports: UsbPorts, devices: readonly Addressable[]): void {
  const own = domain.devices.hubs.filter(isUnplugged).length;
  const needed = devices.filter(isUnplugged).length;
  const free = ports.freePorts + own * (USB_HUB_PORTS - 1);
  const missing = needed - free;
  if (missing <= 0) return;
  const hubs = Math.ceil(missing / (USB_HUB_PORTS - 1));
  for (let at = 0; at < hubs; at++) domain.devices.hubs.push({ type: 'usb' });
}

function plug(ports: UsbPorts, device: Addressable, isHub: boolean): void {
  const wanted = device.address?.type === 'usb' ? device.address.bus : undefined;
  const place = ports.takeNext(wanted);
  if (place === undefined) throw VirError.of('XML_ERROR', 'Unable to find a free USB port');
  if (isHub) ports.addChildren(place.bus, place.path);
  device.address = { type: 'usb', bus: place.bus, port: formatUsbPort(place.path) };
}
