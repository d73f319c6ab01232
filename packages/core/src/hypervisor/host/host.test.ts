import { expect, test } from 'vitest';
import { FakeFiles } from '../../testing/fake-files.js';
import { FakeKernelFiles } from '../../testing/fake-kernel-files.js';
import { MemoryLogger } from '../../testing/memory-logger.js';
import type { Uuid } from '../../wire/uuid.js';
import { CpuLibrary } from './cpu-library.js';
import { Host, type HostParts } from './host.js';

const MAP = '/usr/share/libvirt/cpu_map';
const INDEX = "<cpus><arch name='x86'><group name='all'><include filename='all.xml'/></group></arch></cpus>";
const CPUS = `<cpus>
  <vendor name='Acme' string='AcmeCPU-1234'/>
  <feature name='base'><cpuid eax_in='0x1' edx='0x1'/></feature>
  <feature name='immune'><msr index='0x10a' eax='0x1' edx='0x0'/></feature>
  <feature name='invtsc'><cpuid eax_in='0x80000007' edx='0x100'/></feature>
  <model name='plain'><feature name='base'/></model>
</cpus>`;

const LEAVES: Readonly<Record<string, readonly [number, number, number, number]>> = {
  '0 0': [7, 0x656d6341, 0x34333231, 0x2d555043],
  '1 0': [0x000606a0, 0, 0, 1],
  '7 0': [0, 0, 0, 1 << 29],
  [`${0x80000000} 0`]: [0x80000007, 0, 0, 0],
  [`${0x80000007} 0`]: [0, 0, 0, 0x100],
};

function hostWith(files: Readonly<Record<string, string>>, parts: Partial<HostParts> = {}) {
  const log = new MemoryLogger();
  const kernel = new FakeKernelFiles({
    '/sys/devices/system/cpu/present': '0',
    '/sys/devices/system/cpu/online': '0',
    '/proc/meminfo': 'MemTotal: 8 kB',
    '/proc/cpuinfo': 'microcode\t: 0x10\naddress sizes\t: 46 bits physical, 48 bits virtual\n',
  });
  const host = new Host({
    reader: { kernel, arch: 'x86_64', pageSizeKiB: 4, ticksPerSecond: 100 },
    cpus: new CpuLibrary(new FakeFiles(files), log),
    cpuid: (leaf, subleaf) => LEAVES[`${leaf} ${subleaf}`] ?? [0, 0, 0, 0],
    uuid: async () => '7f1c1a32-5f0e-4d56-9d0e-4a0a58a0b001' as Uuid,
    tsc: async () => ({ frequency: 2_000_000_000n, scaling: true }),
    msr: async () => [1, 0],
    ...parts,
  });
  return { host, log };
}

test('describes the processor by its model, its registers and its counter', async () => {
  const { host } = hostWith({ [`${MAP}/index.xml`]: INDEX, [`${MAP}/all.xml`]: CPUS });
  expect(await host.cpu()).toMatchObject({
    model: 'plain',
    vendor: 'Acme',
    signature: { family: 6, model: 106, stepping: 0 },
    microcode: { version: 16 },
    counter: { name: 'tsc', frequency: 2_000_000_000n, scaling: true },
    maxphysaddr: { bits: 46 },
    features: [{ name: 'immune' }, { name: 'invtsc' }],
  });
});

test('a register that nobody can read takes features away, nothing else', async () => {
  const files = { [`${MAP}/index.xml`]: INDEX, [`${MAP}/all.xml`]: CPUS };
  const { host } = hostWith(files, { msr: async () => undefined });
  expect((await host.cpu()).features).toEqual([{ name: 'invtsc' }]);
});

test('without a description of CPUs the host has a layout, and no model', async () => {
  const { host, log } = hostWith({});
  const cpu = await host.cpu();
  expect(cpu).toMatchObject({ arch: 'x86_64', features: [], topology: { sockets: 1, cores: 1, threads: 1 } });
  expect(cpu.model).toBeUndefined();
  expect(log.lines.map((it) => it.message)).toContain('CPU models are unknown');
  expect(host.knownCpus.host).toBeUndefined();
  await host.knowCpus();
  expect(host.knownCpus).toMatchObject({ map: undefined, host: { arch: 'x86_64' } });
});
