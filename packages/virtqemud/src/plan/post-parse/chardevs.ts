import type { DomainDraft, Draft } from '../definition/draft.js';
import { isPcLike, isPseries, isX86 } from '../definition/machine.js';
import type { Channel, ChardevSource, Console, Serial } from '../definition/types.js';

/** Ports, targets and models of serial ports, parallel ports, consoles and channels. */
export function fillChardevs(domain: DomainDraft): void {
  for (const serial of domain.devices.serials) fillSerial(domain, serial);
  for (const [at, device] of domain.devices.consoles.entries()) fillConsole(device, at);
  for (const channel of domain.devices.channels) fillChannel(channel);
  for (const device of chardevs(domain)) fillSource(device);
}

function chardevs(domain: DomainDraft): readonly Draft<ChardevSource>[] {
  const { serials, parallels, consoles, channels, redirdevs } = domain.devices;
  return [...serials, ...parallels, ...consoles, ...channels, ...redirdevs];
}

function fillSerial(domain: DomainDraft, serial: Draft<Serial>): void {
  serial.target ??= {};
  const target = serial.target;
  target.type ??= serialTypeOf(serial) ?? defaultSerialType(domain);
  const model = target.model ?? defaultSerialModel(target.type);
  if (model !== undefined) target.model = model;
}

/** The address says what kind of port it is. */
function serialTypeOf(serial: Draft<Serial>) {
  switch (serial.address?.type) {
    case 'usb':
      return 'usb-serial' as const;
    case 'pci':
      return 'pci-serial' as const;
    case 'spapr-vio':
      return 'spapr-vio-serial' as const;
    default:
      return undefined;
  }
}

function defaultSerialType(domain: DomainDraft) {
  if (isX86(domain) || isPcLike(domain)) return 'isa-serial' as const;
  return isPseries(domain) ? ('spapr-vio-serial' as const) : ('system-serial' as const);
}

function defaultSerialModel(type: NonNullable<Serial['target']>['type']) {
  switch (type) {
    case 'isa-serial':
    case 'usb-serial':
    case 'pci-serial':
      return type;
    case 'spapr-vio-serial':
      return 'spapr-vty' as const;
    case 'system-serial':
      return 'pl011' as const;
    case 'sclp-serial':
      return 'sclpconsole' as const;
    case 'isa-debug':
      return 'isa-debugcon' as const;
    case undefined:
      return undefined;
  }
}

function fillConsole(device: Draft<Console>, at: number): void {
  device.target ??= {};
  const target = device.target;
  target.type ??= 'serial';
  target.port ??= at;
}

/** What SPICE and QEMU's own agent look for. */
const AGENT_NAME = 'com.redhat.spice.0';

function fillChannel(channel: Draft<Channel>): void {
  const isAgent = channel.type === 'spicevmc' || channel.type === 'qemu-vdagent';
  if (isAgent && channel.target.type === 'virtio') channel.target.name ??= AGENT_NAME;
}

function fillSource(device: Draft<ChardevSource>): void {
  if (device.type === 'tcp') device.protocol ??= { type: 'raw' };
}
