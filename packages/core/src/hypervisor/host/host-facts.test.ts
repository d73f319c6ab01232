import { expect, test } from 'vitest';
import { FakeKernelFiles } from '../../testing/fake-kernel-files.js';
import { sizeInUnits } from './caches.js';
import { readCpuTimes } from './cpu-times.js';
import { hostCapabilities } from './host-capabilities.js';
import { readHostFacts } from './host-facts.js';
import type { HostReader } from './host-reader.js';
import { readHostUuid } from './host-uuid.js';
import { readNodeInfo } from './node-info.js';
import { allocatePages, readPages } from './pages.js';

const CPU = '/sys/devices/system/cpu';
const NODE = '/sys/devices/system/node';

function place(cpu: number, socket: number, core: number, siblings: string): Record<string, string> {
  const at = `${CPU}/cpu${cpu}/topology`;
  return {
    [`${at}/physical_package_id`]: `${socket}\n`,
    [`${at}/core_id`]: `${core}\n`,
    [`${at}/cluster_id`]: '-1\n',
    [`${at}/thread_siblings_list`]: `${siblings}\n`,
  };
}

/** Two nodes of one socket with two threads on one core each. */
const TWO_NODES: Record<string, string> = {
  [`${CPU}/present`]: '0-3\n',
  [`${CPU}/online`]: '0-3\n',
  [`${NODE}/online`]: '0-1\n',
  [`${NODE}/node0/cpulist`]: '0-1\n',
  [`${NODE}/node1/cpulist`]: '2-3\n',
  [`${NODE}/node0/distance`]: '10 20\n',
  [`${NODE}/node1/distance`]: '20 10\n',
  [`${NODE}/node0/meminfo`]: 'Node 0 MemTotal:  8192 kB\nNode 0 MemFree:  4096 kB\n',
  [`${NODE}/node1/meminfo`]: 'Node 1 MemTotal:  4096 kB\nNode 1 MemFree:  1024 kB\n',
  [`${NODE}/node0/hugepages/hugepages-2048kB/nr_hugepages`]: '1\n',
  [`${NODE}/node0/hugepages/hugepages-2048kB/free_hugepages`]: '1\n',
  '/proc/meminfo': 'MemTotal: 12288 kB\nMemFree: 5120 kB\nBuffers: 1 kB\nCached: 2 kB\n',
  '/proc/cpuinfo': 'processor : 0\ncpu MHz\t\t: 2596.122\n',
  '/proc/stat': 'cpu  4 2 8 100 16 1 1 0\ncpu0 2 1 4 50 8 1 0 0\n',
  ...place(0, 0, 0, '0-1'),
  ...place(1, 0, 0, '0-1'),
  ...place(2, 1, 0, '2-3'),
  ...place(3, 1, 0, '2-3'),
};

function reader(texts: Record<string, string>): HostReader & { readonly kernel: FakeKernelFiles } {
  return { kernel: new FakeKernelFiles(texts), arch: 'x86_64', pageSizeKiB: 4, ticksPerSecond: 100 };
}

test('counts a host by nodes, sockets, cores and threads', async () => {
  expect(await readNodeInfo(reader(TWO_NODES))).toEqual({
    model: 'x86_64',
    memory: 12288n,
    cpus: 4,
    mhz: 2596,
    nodes: 2,
    sockets: 1,
    cores: 1,
    threads: 2,
  });
});

test('an offline processor counts in the layout, not among those that run', async () => {
  const texts = { ...TWO_NODES, [`${CPU}/online`]: '0-2\n' };
  expect(await readNodeInfo(reader(texts))).toMatchObject({ cpus: 3, nodes: 2, threads: 2 });
});

test('a layout that cannot be multiplied out is cores of one socket', async () => {
  const texts = { ...TWO_NODES, ...place(3, 1, 1, '3') };
  expect(await readNodeInfo(reader(texts))).toMatchObject({ nodes: 1, sockets: 1, cores: 4, threads: 1 });
});

test('a kernel without nodes is one cell of all processors', async () => {
  const texts = Object.fromEntries(Object.entries(TWO_NODES).filter(([path]) => !path.startsWith(NODE)));
  const { cells } = await readHostFacts(reader(texts));
  expect(cells).toMatchObject([{ id: 0, memoryKiB: 12288n, distances: [] }]);
  expect(cells[0]?.cpus.map((it) => it.id)).toEqual([0, 1, 2, 3]);
});

test('puts processors, memory and distances in their cells', async () => {
  const facts = await readHostFacts(reader(TWO_NODES));
  const host = hostCapabilities({
    cpu: { arch: 'x86_64', features: [], pages: [] },
    facts,
    securityModels: [],
  });
  expect(host.topology?.cells.cells[1]).toMatchObject({
    id: 1,
    memory: { unit: 'KiB', size: 4096n },
    distances: [
      { id: 0, value: 20 },
      { id: 1, value: 10 },
    ],
    cpus: { num: 2, cpus: [{ id: 2, socket_id: 1, cluster_id: 0, core_id: 0, siblings: [2, 3] }, { id: 3 }] },
  });
  expect(host.cache).toBeUndefined();
});

test('huge pages take their memory from the ordinary ones', async () => {
  expect(await readPages(reader(TWO_NODES), 0)).toEqual([
    { sizeKiB: 4, total: 1536n, free: 1024n },
    { sizeKiB: 2048, total: 1n, free: 1n },
  ]);
});

test('adds to a pool of huge pages, but not to the ordinary one', async () => {
  const host = reader(TWO_NODES);
  await allocatePages(host, 0, { sizeKiB: 2048, count: 2n, adds: true });
  expect(await readPages(host, 0)).toMatchObject([{}, { total: 3n }]);
  const ordinary = allocatePages(host, 0, { sizeKiB: 4, count: 2n, adds: true });
  await expect(ordinary).rejects.toThrow("system pages pool can't be modified");
  const none = allocatePages(host, 0, { sizeKiB: 3, count: 2n, adds: true });
  await expect(none).rejects.toThrow('page size 3 is not available on node 0');
});

test('tells the time of one processor and of all in nanoseconds', async () => {
  const host = reader(TWO_NODES);
  expect(await readCpuTimes(host, 'all')).toEqual({
    kernel: 100_000_000n,
    user: 60_000_000n,
    idle: 1_000_000_000n,
    iowait: 160_000_000n,
  });
  expect(await readCpuTimes(host, 0)).toMatchObject({ idle: 500_000_000n });
  expect(await readCpuTimes(host, 7)).toBeUndefined();
});

test('a cache that cores share is said once, with how it can be shared out', async () => {
  const cache = (cpu: number) => {
    const at = `${CPU}/cpu${cpu}/cache/index3`;
    return {
      [`${at}/id`]: '0',
      [`${at}/level`]: '3',
      [`${at}/type`]: 'Unified',
      [`${at}/size`]: '20480K',
      [`${at}/shared_cpu_list`]: '0-3',
    };
  };
  const info = '/sys/fs/resctrl/info';
  const texts = {
    ...TWO_NODES,
    ...cache(0),
    ...cache(1),
    [`${info}/L3/cbm_mask`]: 'fffff',
    [`${info}/L3/min_cbm_bits`]: '2',
    [`${info}/L3/num_closids`]: '16',
    [`${info}/MB/bandwidth_gran`]: '10',
    [`${info}/MB/min_bandwidth`]: '10',
    [`${info}/MB/num_closids`]: '8',
  };
  const facts = await readHostFacts(reader(texts));
  const host = hostCapabilities({
    cpu: { arch: 'x86_64', features: [], pages: [] },
    facts,
    securityModels: [],
  });
  expect(host.cache?.banks).toEqual([
    {
      id: 0,
      level: 3,
      type: 'both',
      size: 20n,
      unit: 'MiB',
      cpus: [0, 1, 2, 3],
      controls: [{ granularity: 1n, min: 2n, unit: 'MiB', type: 'both', maxAllocs: 16 }],
    },
  ]);
  expect(host.memory_bandwidth?.nodes).toMatchObject([
    { id: 0, controls: [{ granularity: 10, min: 10, maxAllocs: 8 }] },
  ]);
});

test('memory that another node reaches has its speed', async () => {
  const at = `${NODE}/node1/access0/initiators`;
  const texts = {
    ...TWO_NODES,
    [`${at}/node0/x`]: '',
    [`${at}/read_latency`]: '5',
    [`${at}/write_latency`]: '5',
    [`${at}/read_bandwidth`]: '200',
    [`${at}/write_bandwidth`]: '100',
  };
  const { interconnects } = await readHostFacts(reader(texts));
  expect(interconnects).toEqual({
    latencies: [{ initiator: 0, target: 1, type: 'access', value: 5n }],
    bandwidths: [
      { initiator: 0, target: 1, type: 'read', value: 204_800n },
      { initiator: 0, target: 1, type: 'write', value: 102_400n },
    ],
  });
});

test.each([
  [0n, { size: 0n, unit: 'B' }],
  [1536n, { size: 1536n, unit: 'B' }],
  [768n * 1024n, { size: 768n, unit: 'KiB' }],
  [2n * 1024n ** 3n, { size: 2n, unit: 'GiB' }],
])('writes %s bytes in the largest unit without a fraction', (bytes, written) => {
  expect(sizeInUnits(bytes)).toEqual(written);
});

test('takes the UUID from the firmware, unless that filled it with one digit', async () => {
  const choice = { configured: undefined, source: 'smbios' } as const;
  const dmi = '/sys/devices/virtual/dmi/id/product_uuid';
  const uuid = '7f1c1a32-5f0e-4d56-9d0e-4a0a58a0b001';
  const kernel = (text: string) =>
    new FakeKernelFiles({ [dmi]: text, '/etc/machine-id': '0123456789abcdef0123456789abcdef' });
  expect(await readHostUuid(kernel(uuid.toUpperCase()), choice)).toBe(uuid);
  const machineId = '01234567-89ab-cdef-0123-456789abcdef';
  expect(await readHostUuid(kernel('ffffffff-ffff-ffff-ffff-ffffffffffff'), choice)).toBe(machineId);
  expect(await readHostUuid(kernel(uuid), { ...choice, source: 'machine-id' })).toBe(machineId);
  expect(await readHostUuid(kernel(machineId), { ...choice, configured: uuid })).toBe(uuid);
});
