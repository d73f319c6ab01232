import { type CacheBank, type MemorySideCache, readCaches, readMemorySideCaches } from './caches.js';
import { type HostCell, readTopology } from './cpu-topology.js';
import { type HostReader, NODE_DIRECTORY } from './host-reader.js';
import { type Interconnects, readInterconnects } from './interconnects.js';
import { readMemory, readNodeMemory } from './memory.js';
import { type PagePool, readPages } from './pages.js';
import { type ResourceControl, readResourceControl } from './resource-control.js';

/** A NUMA cell with its memory. */
export interface CellFacts extends HostCell {
  readonly memoryKiB: bigint;
  readonly pages: readonly PagePool[];
  /** To every cell in turn; empty where the kernel does not say. */
  readonly distances: readonly { readonly cell: number; readonly distance: number }[];
  readonly caches: readonly MemorySideCache[];
}

/** What capabilities say of the host besides its processor. */
export interface HostFacts {
  readonly hasIommu: boolean;
  readonly cells: readonly CellFacts[];
  readonly interconnects: Interconnects;
  readonly caches: readonly CacheBank[];
  readonly control: ResourceControl;
}

export async function readHostFacts(host: HostReader): Promise<HostFacts> {
  const topology = await readTopology(host);
  const ids = topology.cells.map((cell) => cell.id);
  const [groups, caches, control, interconnects, cells] = await Promise.all([
    host.kernel.names('/sys/kernel/iommu_groups'),
    readCaches(host.kernel, topology.online),
    readResourceControl(host.kernel),
    readInterconnects(host.kernel, topology.hasNuma ? ids : []),
    Promise.all(topology.cells.map((cell) => readCell(host, cell, topology.hasNuma ? ids : []))),
  ]);
  return { hasIommu: groups.length > 0, cells, caches, control, interconnects };
}

/** @param ids all cells; none where the host is not divided */
async function readCell(host: HostReader, cell: HostCell, ids: readonly number[]): Promise<CellFacts> {
  const isWhole = ids.length === 0;
  const [memory, pages, distances, caches] = await Promise.all([
    isWhole ? readMemory(host) : readNodeMemory(host, cell.id),
    readPages(host, isWhole ? 'all' : cell.id),
    isWhole ? undefined : host.kernel.text(`${NODE_DIRECTORY}/node${cell.id}/distance`),
    readMemorySideCaches(host.kernel, cell.id),
  ]);
  const numbers = (distances ?? '').split(/\s+/).filter((it) => it !== '');
  return {
    ...cell,
    memoryKiB: memory?.totalKiB ?? 0n,
    pages,
    distances: ids.flatMap((id, at) => {
      const distance = Number(numbers[at] ?? 0);
      return distance === 0 ? [] : [{ cell: id, distance }];
    }),
    caches,
  };
}
