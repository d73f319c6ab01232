import { expect, test } from 'vitest';
import type { Call } from '../../driver/call.js';
import { errorDomains } from '../../errors/domains.js';
import { VirError } from '../../errors/vir-error.js';
import { FakeKernelFiles } from '../../testing/fake-kernel-files.js';
import { nodeHandlers } from './node-handlers.js';

const KSM = '/sys/kernel/mm/ksm';
const kernel = new FakeKernelFiles({
  '/sys/devices/system/cpu/present': '0-8',
  '/sys/devices/system/cpu/online': '0,8',
  '/sys/devices/system/node/online': '0',
  '/sys/devices/system/node/node0/meminfo': 'Node 0 MemTotal: 8 kB\nNode 0 MemFree: 4 kB\n',
  '/proc/meminfo': 'MemTotal: 8 kB\nMemFree: 4 kB\nBuffers: 1 kB\nCached: 2 kB\n',
  '/proc/stat': 'cpu  1 0 1 1 1 0 0\n',
  [`${KSM}/pages_to_scan`]: '100',
  [`${KSM}/pages_shared`]: '7',
});
const handlers = nodeHandlers({ kernel, arch: 'x86_64', pageSizeKiB: 4, ticksPerSecond: 100 }, 'QEMU');
type Name = keyof typeof handlers;

async function ask(name: Name, args: unknown): Promise<unknown> {
  const handler = handlers[name] as ((args: unknown, call: Call) => unknown) | undefined;
  return handler?.(args, {} as Call);
}

test('a client asks how many figures there are, and then for them', async () => {
  expect(await ask('nodeGetMemoryStats', { cellNum: -1, nparams: 0, flags: 0 })).toEqual({
    params: [],
    nparams: 4,
  });
  const { params } = (await ask('nodeGetMemoryStats', { cellNum: 0, nparams: 2, flags: 0 })) as {
    params: readonly unknown[];
  };
  expect(params).toEqual([
    { field: 'total', value: 8n },
    { field: 'free', value: 4n },
  ]);
});

test('the map of processors has a bit for each, set where it is online', async () => {
  expect(await ask('nodeGetCpuMap', { needMap: 1, needOnline: 1, flags: 0 })).toEqual({
    cpumap: Uint8Array.of(1, 1),
    online: 2,
    ret: 9,
  });
});

test('leaves out what the kernel does not know of sharing pages', async () => {
  const answer = (await ask('nodeGetMemoryParameters', { nparams: 8, flags: 0 })) as {
    params: readonly { field: string }[];
  };
  expect(answer.params.map((it) => it.field)).toEqual(['shm_pages_to_scan', 'shm_pages_shared']);
  const params = [{ field: 'shm_pages_to_scan', value: { type: 'uint', value: 200 } }];
  await ask('nodeSetMemoryParameters', { params, flags: 0 });
  expect(kernel.written.get(`${KSM}/pages_to_scan`)).toBe('200');
});

test('cells beyond the last are left out, a first one that does not exist is refused', async () => {
  expect(await ask('nodeGetCellsFreeMemory', { startCell: 0, maxcells: 5 })).toEqual({ cells: [4096n] });
  await expect(ask('nodeGetCellsFreeMemory', { startCell: 1, maxcells: 1 })).rejects.toThrow(
    'internal error: start cell 1 out of range (0-0)',
  );
});

test.each<[Name, unknown, string, keyof typeof errorDomains]>([
  [
    'nodeGetCpuStats',
    { cpuNum: 9, nparams: 4, flags: 0 },
    'Invalid cpuNum in virHostCPUGetStatsLinux',
    'NONE',
  ],
  [
    'nodeGetCpuStats',
    { cpuNum: -1, nparams: 3, flags: 0 },
    'nparams in virHostCPUGetStatsLinux must be equal to 4',
    'NONE',
  ],
  [
    'nodeGetFreePages',
    { pages: [3], startCell: 0, cellCount: 1, flags: 0 },
    'page size 3 is not available',
    'NONE',
  ],
  [
    'nodeGetFreePages',
    { pages: [4], startCell: 0, cellCount: 1, flags: 1 },
    'unsupported flags (0x1) in function qemuNodeGetFreePages',
    'QEMU',
  ],
  [
    'nodeSuspendForDuration',
    { target: 1, duration: 70n, flags: 0 },
    'argument unsupported: Suspend-to-Disk',
    'NONE',
  ],
])('%s refuses %o: %s', async (name, args, words, domain) => {
  const refusal = await ask(name, args).catch((error: unknown) => error);
  if (!(refusal instanceof VirError)) throw refusal;
  expect(refusal.message).toContain(words);
  expect(refusal.inDomain('QEMU').fields.domain).toBe(errorDomains[domain]);
});
