import type { DomainDraft, Draft } from '../definition/draft.js';
import { isPcLike, isPseries, isX86 } from '../definition/machine.js';
import type { Channel, ChardevSource, Console, Serial } from '../definition/types.js';

/** Ports, targets and models of serial ports, parallel ports, consoles and channels. */
export function fillChardevs(domain: DomainDraft): void {
  assignPorts(domain.devices.parallels);
  pairConsole(domain);
  assignPorts(domain.devices.serials);
  for (const serial of domain.devices.serials) fillSerial(domain, serial);
  for (const [at, device] of domain.devices.consoles.entries()) fillConsole(device, at);
  for (const channel of domain.devices.channels) fillChannel(channel);
  for (const device of chardevs(domain)) fillSource(device);
}

function chardevs(domain: DomainDraft): readonly Draft<ChardevSource>[] {
  const { serials, parallels, consoles, channels, redirdevs } = domain.devices;
  return [...serials, ...parallels, ...consoles, ...channels, ...redirdevs];
}

interface Ported {
  target?: { port?: number };
}

/** Devices without a port get the one after the highest of those before them. */
function assignPorts(devices: Ported[]): void {
  for (const [at, device] of devices.entries()) {
    device.target ??= {};
    const target = device.target;
    if (target.port !== undefined && target.port !== -1) continue;
    const before = devices.slice(0, at).map((it) => it.target?.port ?? -1);
    target.port = Math.max(-1, ...before) + 1;
  }
}

/** The first console and the first serial port of a full guest are one and the same. */
function pairConsole(domain: DomainDraft): void {
  const { serials, consoles } = domain.devices;
  const [first] = consoles;
  const isStub = first !== undefined && (first.target?.type === undefined || first.target.type === 'serial');
  if (isStub && serials.length === 0) serials.push(serialOf(first));
  const [serial] = serials;
  if (serial === undefined) return;
  if (isStub) consoles[0] = consoleOf(serial);
  else if (first === undefined && isConsoleLike(serial)) consoles.push(consoleOf(serial));
}

function isConsoleLike(serial: Draft<Serial>): boolean {
  switch (serial.target?.type) {
    case undefined:
    case 'isa-serial':
    case 'spapr-vio-serial':
    case 'system-serial':
    case 'sclp-serial':
      return true;
    default:
      return false;
  }
}

function serialOf({ target: _target, ...device }: Draft<Console>): Draft<Serial> {
  const { tty: _tty, ...source } = device as Draft<Console> & { tty?: string };
  return { ...source, target: { port: 0 } } as Draft<Serial>;
}

/** A console that repeats a serial port: it has its source and no address of its own. */
function consoleOf(serial: Draft<Serial>): Draft<Console> {
  const { address: _address, target: _target, acpi: _acpi, ...source } = serial;
  return { ...source, target: { type: 'serial', port: 0 } } as Draft<Console>;
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
