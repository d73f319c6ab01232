import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';

type Devices = Domain['devices'];

/** Kinds of devices that must be as many, in libvirt's words and order. */
const COUNTS: readonly (readonly [string, (devices: Devices) => number])[] = [
  ['disk', (it) => it.disks.length],
  ['controller', (it) => it.controllers.length],
  ['filesystem', (it) => it.filesystems.length],
  ['net card', (it) => it.interfaces.length],
  ['input device', (it) => it.inputs.length],
  ['sound card', (it) => it.sounds.length],
  ['video card', (it) => it.videos.length],
  ['host device', (it) => it.hostdevs.length],
  ['smartcard', (it) => it.smartcards.length],
  ['parallel port', (it) => it.parallels.length],
  ['serial port', (it) => it.serials.length],
  ['channel', (it) => it.channels.length],
  ['console', (it) => it.consoles.length],
  ['hub device', (it) => it.hubs.length],
  ['redirected devices', (it) => it.redirdevs.length],
];

/**
 * A guest that goes on must find the machine that it knows.
 *
 * @throws VirError CONFIG_UNSUPPORTED for the first difference that the guest would see
 */
export function requireSameGuest(source: Domain, target: Domain): void {
  differs('Target domain virt type', target.type, source.type);
  differs('Target domain uuid', target.uuid, source.uuid);
  if (target.name !== source.name) {
    refuse(`Target domain name '${target.name}' does not match source '${source.name}'`);
  }
  differs('Target domain max memory', target.memory.sizeKiB, source.memory.sizeKiB);
  differs('Target domain vCPU max', target.vcpu.count, source.vcpu.count);
  differs('Target domain OS type', target.os.type?.name, source.os.type?.name);
  differs('Target domain architecture', target.os.type?.arch, source.os.type?.arch);
  differs('Target domain machine type', target.os.type?.machine, source.os.type?.machine);
  requireSameDevices(source.devices, target.devices);
}

function requireSameDevices(source: Devices, target: Devices): void {
  for (const [what, count] of COUNTS) {
    differs(`Target domain ${what} count`, count(target), count(source));
  }
  pairs(source.disks, target.disks, (from, to) => {
    differs('Target disk device', to.device, from.device);
    differs('Target disk bus', to.target?.bus, from.target?.bus);
    differs('Target disk', to.target?.dev, from.target?.dev);
    if ((to.serial ?? '') !== (from.serial ?? '')) differs('Target disk serial', to.serial, from.serial);
    if ((to.readonly === true) !== (from.readonly === true)) {
      refuse('Target disk access mode does not match source');
    }
    sameAddress(from, to);
  });
  pairs(source.interfaces, target.interfaces, (from, to) => {
    differs('Target network card mac', to.mac?.address, from.mac?.address);
    differs('Target network card model', to.model, from.model);
    sameAddress(from, to);
  });
  pairs(source.controllers, target.controllers, (from, to) => {
    differs('Target controller type', to.type, from.type);
    differs('Target controller index', to.index, from.index);
    sameAddress(from, to);
  });
  for (const kind of ['inputs', 'sounds', 'videos', 'hostdevs', 'serials', 'channels'] as const) {
    pairs<Addressed>(source[kind], target[kind], sameAddress);
  }
}

interface Addressed {
  readonly address?: unknown;
}

function pairs<T>(source: readonly T[], target: readonly T[], compare: (from: T, to: T) => void): void {
  source.forEach((from, index) => {
    const to = target[index];
    if (to !== undefined) compare(from, to);
  });
}

function sameAddress(from: Addressed, to: Addressed): void {
  const [one, other] = [from.address, to.address] as readonly (
    | Readonly<Record<string, unknown>>
    | undefined
  )[];
  if (one === undefined || other === undefined) return;
  differs('Target device address type', other.type, one.type);
  if (one.type !== 'pci') return;
  differs('Target device PCI address', pciText(other), pciText(one));
}

function pciText(address: Readonly<Record<string, unknown>>): string {
  const hex = (name: string, digits: number): string =>
    Number(address[name] ?? 0)
      .toString(16)
      .padStart(digits, '0');
  return `${hex('domain', 4)}:${hex('bus', 2)}:${hex('slot', 2)}.${hex('function', 1)}`;
}

function differs(what: string, target: unknown, source: unknown): void {
  if (target === source) return;
  refuse(`${what} ${String(target)} does not match source ${String(source)}`);
}

function refuse(text: string): never {
  throw VirError.of('CONFIG_UNSUPPORTED', text, { domain: 'DOMAIN' });
}
