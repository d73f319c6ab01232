import type { KernelFiles } from '../../ports/kernel-files.js';
import { type NumberSet, parseNumberSet } from '../../schema/bitmap.js';
import { CPU_DIRECTORY, type HostReader, NODE_DIRECTORY, numberIn } from './host-reader.js';

/** Where a processor of the host sits. */
export interface HostCpuPlace {
  readonly id: number;
  readonly socket: number;
  readonly die: number;
  readonly cluster: number;
  readonly core: number;
  /** Processors that share its core, itself among them. */
  readonly siblings: NumberSet;
}

export interface HostCell {
  readonly id: number;
  /** Online ones, ascending. */
  readonly cpus: readonly HostCpuPlace[];
  /** How many of its processors are offline. */
  readonly offline: number;
}

export interface HostTopology {
  readonly present: NumberSet;
  readonly online: NumberSet;
  /** One for each NUMA node; one for the whole where the kernel has none. */
  readonly cells: readonly HostCell[];
  readonly hasNuma: boolean;
}

export async function readNumberSet(kernel: KernelFiles, path: string): Promise<NumberSet | undefined> {
  const text = await kernel.text(path);
  if (text === undefined) return undefined;
  return text === '' ? [] : parseNumberSet(text);
}

/** Present processors, and those of them that run. */
export async function readCpuSets({
  kernel,
}: HostReader): Promise<{ present: NumberSet; online: NumberSet }> {
  const [present, online] = await Promise.all([
    readNumberSet(kernel, `${CPU_DIRECTORY}/present`),
    readNumberSet(kernel, `${CPU_DIRECTORY}/online`),
  ]);
  const all = present ?? online ?? [0];
  return { present: all, online: online ?? all };
}

/** NUMA nodes that are online; none where the kernel does not know of any. */
export async function readNodeIds({ kernel }: HostReader): Promise<NumberSet> {
  const online = await readNumberSet(kernel, `${NODE_DIRECTORY}/online`);
  if (online !== undefined) return online;
  const names = await kernel.names(NODE_DIRECTORY);
  const ids = names.map((name) => /^node(\d+)$/.exec(name)?.[1]).filter((id) => id !== undefined);
  return ids.map(Number).sort((a, b) => a - b);
}

export async function readTopology(host: HostReader): Promise<HostTopology> {
  const [sets, nodes] = await Promise.all([readCpuSets(host), readNodeIds(host)]);
  const online = new Set(sets.online);
  const members = await Promise.all(
    nodes.map((id) => readNumberSet(host.kernel, `${NODE_DIRECTORY}/node${id}/cpulist`)),
  );
  const hasNuma = nodes.length > 0 && members.some((it) => it !== undefined);
  const groups = hasNuma
    ? nodes.map((id, index) => ({ id, cpus: members[index] ?? [] }))
    : [{ id: 0, cpus: sets.present }];
  const cells = await Promise.all(
    groups.map(async ({ id, cpus }) => {
      const running = cpus.filter((cpu) => online.has(cpu));
      return {
        id,
        cpus: await Promise.all(running.map((cpu) => readPlace(host.kernel, cpu))),
        offline: cpus.length - running.length,
      };
    }),
  );
  return { ...sets, cells, hasNuma };
}

async function readPlace(kernel: KernelFiles, id: number): Promise<HostCpuPlace> {
  const at = (name: string) => `${CPU_DIRECTORY}/cpu${id}/topology/${name}`;
  const [socket, die, cluster, core, siblings] = await Promise.all([
    numberIn(kernel, at('physical_package_id')),
    numberIn(kernel, at('die_id')),
    numberIn(kernel, at('cluster_id')),
    numberIn(kernel, at('core_id')),
    readNumberSet(kernel, at('thread_siblings_list')),
  ]);
  // The kernel writes -1 where a level does not exist.
  const level = (value: number | undefined) => Math.max(0, value ?? 0);
  // Some firmware gives clusters that fill 32 bits.
  const clusterId = cluster === undefined || cluster < 0 || cluster > 0xffff ? 0 : cluster;
  return {
    id,
    socket: level(socket),
    die: level(die),
    cluster: clusterId,
    core: level(core),
    siblings: siblings ?? [id],
  };
}
