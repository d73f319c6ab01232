import { FakeFiles, MemoryLogger } from '@modvirt/core/testing';
import { expect, test } from 'vitest';
import { CapabilityCache } from './capability-cache.js';
import { Emulators } from './emulators.js';
import type { ProbedMachine, ProbeResult } from './probe-result.js';
import { resolveTarget, type TargetRequest } from './target.js';

function machine(name: string, alias?: string): ProbedMachine {
  return {
    name,
    maxCpus: 8,
    hotplugCpus: true,
    isDefault: alias === 'pc',
    numaMemSupported: false,
    deprecated: false,
    ...(alias === undefined ? {} : { alias }),
  };
}

function probed(arch: string, withKvm: boolean): ProbeResult {
  const machines = [machine('pc-9', 'pc'), machine('pc-8')];
  const one = (accelerator: 'kvm' | 'tcg') => ({ accelerator, hostCpu: undefined, cpuModels: [], machines });
  const accelerators = withKvm ? [one('kvm'), one('tcg')] : [one('tcg')];
  return { arch, version: 9_000_000, package: '', flags: [], accelerators };
}

const X86 = '/usr/bin/qemu-system-x86_64';
const I386 = '/usr/bin/qemu-system-i386';

function setting(withKvm = true) {
  const files = new FakeFiles();
  for (const path of [X86, I386, '/bin/other']) files.write(path, 'ELF', 0o755);
  const capabilities = new CapabilityCache({
    directory: '/cache',
    files,
    log: new MemoryLogger(),
    context: { version: '1', kernel: '6', usesKvm: async () => withKvm },
    digest: (text) => text.replaceAll('/', '_'),
    probe: async (emulator) => probed(emulator === I386 ? 'i686' : 'x86_64', withKvm),
  });
  const emulators = new Emulators(files, ['/usr/bin'], 'x86_64');
  const source = { hostArch: 'x86_64', emulators, capabilities };
  return (request: TargetRequest) => resolveTarget(source, request, new AbortController().signal);
}

test('chooses what a client leaves open', async () => {
  expect(await setting()({})).toMatchObject({
    emulator: X86,
    arch: 'x86_64',
    virtType: 'kvm',
    machine: { name: 'pc-9' },
  });
  expect(await setting(false)({ machine: 'pc' })).toMatchObject({
    virtType: 'qemu',
    machine: { name: 'pc-9' },
  });
  expect(await setting()({ arch: 'i686' })).toMatchObject({ emulator: I386 });
  expect(await setting()({ arch: 'i686', emulatorbin: X86 })).toMatchObject({ emulator: X86, arch: 'i686' });
});

test.each<[TargetRequest, string]>([
  [{ arch: 'foo' }, 'unknown architecture: foo'],
  [{ virttype: 'foo' }, 'unknown virttype: foo'],
  [{ virttype: 'xen' }, `the accel 'tcg' is not supported by '${X86}' on this host`],
  [{ virttype: 'hvf' }, `the accel 'hvf' is not supported by '${X86}' on this host`],
  [{ machine: 'foo' }, `the machine 'foo' is not supported by emulator '${X86}'`],
  [{ arch: 's390x' }, "unable to find any emulator to serve 's390x' architecture"],
  [{ emulatorbin: I386 }, `Emulator '${I386}' does not support arch 'x86_64'`],
  [{ emulatorbin: '/none' }, 'Cannot check QEMU binary /none: No such file or directory'],
])('refuses %o', async (request, words) => {
  await expect(setting()(request)).rejects.toThrow(words);
});
