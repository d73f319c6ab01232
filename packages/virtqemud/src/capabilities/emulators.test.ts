import { FakeFiles } from '@modvirt/core/testing';
import { expect, test } from 'vitest';
import { Emulators } from './emulators.js';

function installed(...paths: readonly string[]) {
  const files = new FakeFiles();
  for (const path of paths) files.write(path, 'ELF', 0o755);
  return { files, emulators: new Emulators(files, ['/usr/local/bin', '/usr/bin'], 'x86_64') };
}

test('finds the emulator of an architecture, in the order of the directories', async () => {
  const { emulators } = installed('/usr/bin/qemu-system-arm', '/usr/local/bin/qemu-system-arm');
  expect(await emulators.find('armv7l')).toBe('/usr/local/bin/qemu-system-arm');
  expect(await emulators.find('s390x')).toBeUndefined();
});

test("the host's own emulator runs what is native under other names, too", async () => {
  const { emulators } = installed('/usr/libexec/qemu-kvm');
  expect(await emulators.find()).toBe('/usr/libexec/qemu-kvm');
  expect(await emulators.find('i686')).toBe('/usr/libexec/qemu-kvm');
  expect((await installed('/usr/bin/qemu-system-x86_64').emulators.all()).map((it) => it.arch)).toEqual([
    'i686',
    'x86_64',
  ]);
});

test('notices what is installed and removed', async () => {
  const { files, emulators } = installed('/usr/bin/qemu-system-x86_64');
  await emulators.all();
  expect(await emulators.find('riscv64')).toBeUndefined();
  files.write('/usr/bin/qemu-system-riscv64', 'ELF', 0o755);
  expect(await emulators.find('riscv64')).toBe('/usr/bin/qemu-system-riscv64');
  await files.remove('/usr/bin/qemu-system-x86_64');
  expect(await emulators.find()).toBeUndefined();
});

test('a file that cannot be run is no emulator', async () => {
  const { files, emulators } = installed();
  files.write('/usr/bin/qemu-system-x86_64', 'text', 0o644);
  expect(await emulators.find()).toBeUndefined();
});
