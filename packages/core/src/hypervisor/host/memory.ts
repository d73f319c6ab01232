import { type HostReader, NODE_DIRECTORY } from './host-reader.js';

/** Memory by use. */
export interface HostMemory {
  readonly totalKiB: bigint;
  readonly freeKiB: bigint;
  readonly buffersKiB: bigint;
  readonly cachedKiB: bigint;
}

export async function readMemory({ kernel }: HostReader): Promise<HostMemory> {
  return memoryIn((await kernel.text('/proc/meminfo')) ?? '');
}

/** Of one NUMA node; undefined when there is no such node. */
export async function readNodeMemory({ kernel }: HostReader, node: number): Promise<HostMemory | undefined> {
  const text = await kernel.text(`${NODE_DIRECTORY}/node${node}/meminfo`);
  return text === undefined ? undefined : memoryIn(text);
}

/** Lines like `MemFree:  12 kB`, those of a node with `Node 0 ` before. */
function memoryIn(text: string): HostMemory {
  const figure = (name: string) => {
    const found = new RegExp(`^(?:Node \\d+ )?${name}:\\s*(\\d+) kB`, 'm').exec(text);
    return BigInt(found?.[1] ?? 0);
  };
  return {
    totalKiB: figure('MemTotal'),
    freeKiB: figure('MemFree'),
    buffersKiB: figure('Buffers'),
    cachedKiB: figure('Cached'),
  };
}
