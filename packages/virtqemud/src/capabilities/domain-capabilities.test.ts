import { expect, test } from 'vitest';
import { domainCapabilities } from './domain-capabilities.js';
import { guestCapabilities } from './guest-capabilities.js';
import type { ProbedMachine } from './probe-result.js';
import { capsOf } from './probed-caps.js';
import type { Target } from './target.js';
import type { TargetHost } from './target-host.js';

const PC: ProbedMachine = {
  name: 'pc-i440fx-9.0',
  alias: 'pc',
  maxCpus: 255,
  hotplugCpus: true,
  isDefault: true,
  numaMemSupported: false,
  deprecated: false,
};
const Q35: ProbedMachine = { ...PC, name: 'pc-q35-9.0', alias: 'q35', isDefault: false, deprecated: true };

const HOST: TargetHost = {
  cpus: undefined,
  physicalAddressBits: 48,
  firmware: { kinds: [], paths: [], isSecure: false },
  hasVfio: false,
  tpmVersions: undefined,
  sevGuests: undefined,
  kvmMaxVcpus: 64,
};

function target(accelerator: 'kvm' | 'tcg', machine: ProbedMachine, ...flags: string[]): Target {
  const caps = capsOf('/usr/bin/qemu-system-x86_64', {
    arch: 'x86_64',
    version: 9_000_000,
    package: '',
    flags,
    accelerators: [{ accelerator, hostCpu: undefined, cpuModels: [], machines: [PC, Q35] }],
  });
  const virtType = accelerator === 'kvm' ? 'kvm' : 'qemu';
  return { caps, emulator: caps.emulator, arch: 'x86_64', virtType, accelerator, machine };
}

type Values = Readonly<Record<string, readonly string[]>>;

function valuesOf(
  element: { readonly enums: readonly { name: string; values: readonly { value: string }[] }[] } | undefined,
) {
  const pairs = (element?.enums ?? []).map((it) => [it.name, it.values.map(({ value }) => value)]);
  return Object.fromEntries(pairs) as Values;
}

test('offers the devices that the emulator has', () => {
  const { devices } = domainCapabilities(
    target('tcg', PC, 'vnc', 'VGA', 'usb-storage', 'tpm-tis', 'tpm-emulator'),
    HOST,
  );
  expect(valuesOf(devices?.graphics)).toEqual({ type: ['vnc'] });
  expect(valuesOf(devices?.video)).toEqual({ modelType: ['vga', 'none'] });
  expect(valuesOf(devices?.disk).bus).toEqual(['ide', 'fdc', 'scsi', 'virtio', 'usb']);
  expect(devices?.rng).toMatchObject({ supported: false });
  expect(valuesOf(devices?.tpm)).toEqual({ model: ['tpm-tis'], backendModel: ['external'] });
});

test('a newer board has no IDE', () => {
  const { devices } = domainCapabilities(target('tcg', Q35, 'ich9-ahci'), HOST);
  expect(valuesOf(devices?.disk).bus).toEqual(['fdc', 'scsi', 'virtio', 'sata']);
});

test('the host has a say: KVM, firmware, VFIO, a TPM emulator', () => {
  const host: TargetHost = {
    ...HOST,
    firmware: { kinds: ['efi'], paths: ['/fw.fd'], isSecure: true },
    hasVfio: true,
    tpmVersions: ['2.0'],
  };
  const found = domainCapabilities(target('kvm', PC, 'tpm-tis', 'tpm-emulator', 'cpu.migratable'), host);
  expect(found.maxVcpus).toBe(64);
  expect(found.os?.loader).toMatchObject({ values: [{ value: '/fw.fd' }] });
  expect(valuesOf(found.os?.loader)).toMatchObject({ secure: ['yes', 'no'] });
  expect(valuesOf(found.devices?.hostdev)).toMatchObject({ pciBackend: ['default', 'vfio'] });
  expect(valuesOf(found.devices?.tpm)).toMatchObject({ backendVersion: ['2.0'] });
  expect(found.modes[0]).toMatchObject({ name: 'host-passthrough', supported: true });
});

test('a host that knows no CPU models offers none', () => {
  const { modes } = domainCapabilities(target('tcg', PC), HOST);
  expect(modes.map((it) => `${it.name} ${it.supported}`)).toEqual([
    'host-passthrough false',
    'maximum false',
    'host-model false',
    'custom false',
  ]);
});

test('guests are listed with their machines, under both names', () => {
  const guest = guestCapabilities('i686', target('kvm', PC).caps);
  expect(guest.arch).toMatchObject({
    wordsize: 32,
    machines: [
      { name: 'pc-i440fx-9.0', maxCpus: 255 },
      { name: 'pc', canonical: 'pc-i440fx-9.0' },
      { name: 'pc-q35-9.0', deprecated: true },
      { name: 'q35', canonical: 'pc-q35-9.0', deprecated: true },
    ],
    domains: [{ type: 'kvm' }],
  });
  expect(guest.features).toMatchObject({ pae: true, acpi: { default: true, toggle: true } });
});
