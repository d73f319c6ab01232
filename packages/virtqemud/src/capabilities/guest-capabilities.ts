import type { GuestCapabilities } from '@modvirt/core/schema';
import type { Accelerator, MachineType, QemuCaps } from '../plan/qemu-caps.js';

const ACCELERATORS: readonly { readonly name: Accelerator; readonly type: string }[] = [
  { name: 'tcg', type: 'qemu' },
  { name: 'kvm', type: 'kvm' },
  { name: 'hvf', type: 'hvf' },
];

const WIDE = /64|s390x|alpha/;
const HAS_ACPI = ['i686', 'x86_64', 'aarch64', 'riscv64', 'loongarch64'];
const HAS_APIC = ['i686', 'x86_64'];

/** `<guest>`: what guests of this architecture an emulator can run. */
export function guestCapabilities(arch: string, caps: QemuCaps): GuestCapabilities {
  const usable = ACCELERATORS.filter((it) => caps.supports(it.name));
  // Machine types are the same under each; those that were asked for first are shown.
  const probed = (['kvm', 'hvf', 'tcg'] as const).find((it) => caps.machines(it).length > 0);
  const machines = probed === undefined ? [] : caps.machines(probed);
  return {
    os_type: 'hvm',
    arch: {
      name: arch,
      wordsize: WIDE.test(arch) ? 64 : 32,
      emulator: caps.emulator,
      machines: machines.flatMap(machineElements),
      domains: usable.map(({ type }) => ({ type, machines: [] })),
    },
    features: {
      ...(arch === 'i686' ? { pae: true, nonpae: true } : {}),
      ...(HAS_ACPI.includes(arch) ? { acpi: { default: true, toggle: true } } : {}),
      ...(HAS_APIC.includes(arch) ? { apic: { default: true, toggle: false } } : {}),
      cpuselection: true,
      deviceboot: true,
      disksnapshot: { default: true, toggle: false },
      externalSnapshot: true,
    },
  };
}

type MachineElement = GuestCapabilities['arch']['machines'][number];

/** A machine, and under its other name what that stands for. */
function machineElements({ name, alias, maxCpus, deprecated }: MachineType): readonly MachineElement[] {
  const facts = { ...(maxCpus === 0 ? {} : { maxCpus }), ...(deprecated ? { deprecated: true } : {}) };
  const own = { ...facts, name };
  return alias === undefined ? [own] : [own, { canonical: name, ...facts, name: alias }];
}
