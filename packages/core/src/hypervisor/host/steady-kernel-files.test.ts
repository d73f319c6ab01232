import { expect, test } from 'vitest';
import type { KernelFiles } from '../../ports/kernel-files.js';
import { kernelFilesContract } from '../../testing/contracts/kernel-files.js';
import { FakeKernelFiles } from '../../testing/fake-kernel-files.js';
import { SteadyKernelFiles } from './steady-kernel-files.js';

kernelFilesContract({
  make(texts) {
    const below = Object.entries(texts).map(([name, text]) => [`/sys/x/${name}`, text]);
    return { kernel: new SteadyKernelFiles(new FakeKernelFiles(Object.fromEntries(below))), root: '/sys/x' };
  },
});

const ONLINE = '/sys/devices/system/cpu/online';
const CORE = '/sys/devices/system/cpu/cpu0/topology/core_id';
const MEMORY = '/proc/meminfo';

function counted() {
  const asked: string[] = [];
  const fake = new FakeKernelFiles({ [ONLINE]: '0-1', [CORE]: '0', [MEMORY]: 'MemFree: 1 kB' });
  const kernel: KernelFiles = {
    text(path) {
      asked.push(path);
      return fake.text(path);
    },
    names: (directory) => fake.names(directory),
    exists: (path) => fake.exists(path),
    write: (path, text) => fake.write(path, text),
  };
  return { asked, steady: new SteadyKernelFiles(kernel) };
}

test('asks once where a processor sits, and each time how much memory is free', async () => {
  const { asked, steady } = counted();
  for (const path of [ONLINE, CORE, MEMORY, ONLINE, CORE, MEMORY]) await steady.text(path);
  expect(asked).toEqual([ONLINE, CORE, MEMORY, ONLINE, MEMORY]);
});

test('asks again when a processor has come or gone', async () => {
  const { asked, steady } = counted();
  for (const path of [ONLINE, CORE]) await steady.text(path);
  await steady.write(ONLINE, '0');
  for (const path of [ONLINE, CORE]) await steady.text(path);
  expect(asked.filter((path) => path === CORE)).toHaveLength(2);
});
