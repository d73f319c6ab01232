import type { Domain } from '@modvirt/core/schema';
import type { Accelerator, MachineType, QemuCaps } from '../qemu-caps.js';

/** What of a definition says which machine it is. */
type MachineOf = Pick<Domain, 'os' | 'type'>;

export function archOf(domain: MachineOf): string {
  return domain.os.type?.arch ?? '';
}

export function machineName(domain: MachineOf): string {
  return domain.os.type?.machine ?? '';
}

export function isX86(domain: MachineOf): boolean {
  return archOf(domain) === 'x86_64' || archOf(domain) === 'i686';
}

/** `q35`, `pc-q35-7.2` … */
export function isQ35(domain: MachineOf): boolean {
  const name = machineName(domain);
  return isX86(domain) && (name === 'q35' || name.startsWith('pc-q35'));
}

/** The old PC: `pc`, `pc-0.12`, `pc-1.3`, `pc-i440fx-7.2` … */
export function isI440fx(domain: MachineOf): boolean {
  const name = machineName(domain);
  if (!isX86(domain)) return false;
  return name === 'pc' || /^pc-[01]\./.test(name) || name.startsWith('pc-i440fx-');
}

export function isPcLike(domain: MachineOf): boolean {
  return isQ35(domain) || isI440fx(domain);
}

export function isArmVirt(domain: MachineOf): boolean {
  return ['armv6l', 'armv7l', 'aarch64'].includes(archOf(domain)) && isNamed(machineName(domain), 'virt');
}

export function isRiscvVirt(domain: MachineOf): boolean {
  return ['riscv32', 'riscv64'].includes(archOf(domain)) && isNamed(machineName(domain), 'virt');
}

export function isLoongarchVirt(domain: MachineOf): boolean {
  return archOf(domain) === 'loongarch64' && isNamed(machineName(domain), 'virt');
}

export function isPseries(domain: MachineOf): boolean {
  return ['ppc64', 'ppc64le'].includes(archOf(domain)) && isNamed(machineName(domain), 'pseries');
}

export function isS390Ccw(domain: MachineOf): boolean {
  return ['s390', 's390x'].includes(archOf(domain)) && isNamed(machineName(domain), 's390-ccw-virtio');
}

function isNamed(name: string, family: string): boolean {
  return name === family || name.startsWith(`${family}-`);
}

/** Whether bus 0 is PCI Express. */
export function hasPcieRoot(domain: MachineOf): boolean {
  return isQ35(domain) || isArmVirt(domain) || isRiscvVirt(domain) || isLoongarchVirt(domain);
}

/** Whether there is a PCI bus 0 at all. */
export function hasPci(domain: MachineOf): boolean {
  return hasPcieRoot(domain) || isI440fx(domain) || isPseries(domain) || isS390Ccw(domain);
}

/** Boards of these architectures are made without PCI, except the virtual one; elsewhere a device may ask for it. */
const MOSTLY_WITHOUT_PCI: ReadonlySet<string> = new Set([
  'armv6l',
  'armv7l',
  'aarch64',
  'riscv32',
  'riscv64',
]);

/** Whether devices without a place are looked a PCI slot for. */
export function mayHavePci(domain: MachineOf): boolean {
  return !MOSTLY_WITHOUT_PCI.has(archOf(domain)) || hasPci(domain);
}

/** What runs the guest's code. */
export function accelerator(domain: Pick<Domain, 'type'>): Accelerator {
  if (domain.type === 'kvm') return 'kvm';
  return domain.type === 'hvf' ? 'hvf' : 'tcg';
}

/** The machine type of the guest, by its name or another one for it. */
export function findMachine(caps: QemuCaps, domain: MachineOf): MachineType | undefined {
  const name = machineName(domain);
  const machines = caps.machines(accelerator(domain));
  return machines.find((it) => it.name === name) ?? machines.find((it) => it.alias === name);
}

/** The name of a machine type without another name for it. */
export function canonicalMachine(caps: QemuCaps, domain: MachineOf): string {
  const name = machineName(domain);
  return caps.machines(accelerator(domain)).find((it) => it.alias === name)?.name ?? name;
}
