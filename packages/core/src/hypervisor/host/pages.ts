import { systemError } from '../../errors/system-error.js';
import { VirError } from '../../errors/vir-error.js';
import { readNodeIds } from './cpu-topology.js';
import { type HostReader, NODE_DIRECTORY, numberIn } from './host-reader.js';
import { type HostMemory, readMemory, readNodeMemory } from './memory.js';

/** Pages of one size. */
export interface PagePool {
  readonly sizeKiB: number;
  readonly total: bigint;
  readonly free: bigint;
}

const HOST_HUGE_PAGES = '/sys/kernel/mm/hugepages';

/** Where huge pages of a node are counted, or those of the whole host. */
export function hugePageDirectory(node: number | 'all'): string {
  return node === 'all' ? HOST_HUGE_PAGES : `${NODE_DIRECTORY}/node${node}/hugepages`;
}

/** Of all sizes, the smallest first: the ordinary one, with what huge pages take away from its total. */
export async function readPages(host: HostReader, node: number | 'all'): Promise<readonly PagePool[]> {
  const directory = hugePageDirectory(node);
  const [names, memory] = await Promise.all([
    host.kernel.names(directory),
    node === 'all' ? readOrdinaryMemory(host) : readNodeMemory(host, node),
  ]);
  const sizes = names
    .map((name) => /^hugepages-(\d+)kB$/.exec(name)?.[1])
    .filter((size) => size !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  const huge = await Promise.all(sizes.map((sizeKiB) => readPool(host, directory, sizeKiB)));
  const taken = huge.reduce((sum, it) => sum + it.total * BigInt(it.sizeKiB), 0n);
  const size = BigInt(host.pageSizeKiB);
  const ordinary = {
    sizeKiB: host.pageSizeKiB,
    total: ((memory?.totalKiB ?? 0n) - taken) / size,
    free: (memory?.freeKiB ?? 0n) / size,
  };
  return [ordinary, ...huge];
}

/** What the nodes have together: memory that belongs to none is not counted in pages. */
async function readOrdinaryMemory(host: HostReader): Promise<Pick<HostMemory, 'totalKiB' | 'freeKiB'>> {
  const nodes = await Promise.all((await readNodeIds(host)).map((node) => readNodeMemory(host, node)));
  const found = nodes.filter((it) => it !== undefined);
  if (found.length === 0) return readMemory(host);
  return {
    totalKiB: found.reduce((sum, it) => sum + it.totalKiB, 0n),
    freeKiB: found.reduce((sum, it) => sum + it.freeKiB, 0n),
  };
}

async function readPool({ kernel }: HostReader, directory: string, sizeKiB: number): Promise<PagePool> {
  const at = (name: string) => `${directory}/hugepages-${sizeKiB}kB/${name}`;
  const [total, free] = await Promise.all([
    numberIn(kernel, at('nr_hugepages')),
    numberIn(kernel, at('free_hugepages')),
  ]);
  return { sizeKiB, total: BigInt(total ?? 0), free: BigInt(free ?? 0) };
}

export interface PageChange {
  readonly sizeKiB: number;
  readonly count: bigint;
  /** To what there is; else it is what there shall be. */
  readonly adds: boolean;
}

/** @throws VirError for a size that does not exist, the ordinary one, or when the kernel has not that much to give */
export async function allocatePages(
  host: HostReader,
  node: number | 'all',
  change: PageChange,
): Promise<void> {
  const { sizeKiB, count, adds } = change;
  if (sizeKiB === host.pageSizeKiB) {
    throw VirError.of('OPERATION_UNSUPPORTED', "system pages pool can't be modified");
  }
  const directory = hugePageDirectory(node);
  const pool = (await readPages(host, node)).find((it) => it.sizeKiB === sizeKiB);
  if (pool === undefined) throw noSuchPages(sizeKiB, node);
  const wanted = adds ? pool.total + count : count;
  const file = `${directory}/hugepages-${sizeKiB}kB/nr_hugepages`;
  await host.kernel.write(file, String(wanted)).catch((error: unknown) => {
    throw systemError(error, `Unable to write to: ${file}`);
  });
  // The kernel takes any number and gives what it has.
  const { total } = await readPool(host, directory, sizeKiB);
  if (total < wanted) {
    const detail = `Unable to allocate ${wanted} pages. Allocated only ${total}`;
    throw VirError.of('OPERATION_FAILED', detail);
  }
}

export function noSuchPages(sizeKiB: number, node: number | 'all'): VirError {
  const where = node === 'all' ? -1 : node;
  return VirError.of('OPERATION_FAILED', `page size ${sizeKiB} is not available on node ${where}`);
}
