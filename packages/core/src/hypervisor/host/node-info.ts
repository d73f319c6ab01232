import type { HostCell } from './cpu-topology.js';
import { readTopology } from './cpu-topology.js';
import type { HostReader } from './host-reader.js';
import { readMemory, readNodeMemory } from './memory.js';

/** The host in the eight numbers of virNodeInfo. */
export interface NodeInfo {
  readonly model: string;
  readonly memory: bigint;
  /** Online ones. */
  readonly cpus: number;
  readonly mhz: number;
  readonly nodes: number;
  /** In a node. */
  readonly sockets: number;
  /** In a socket. */
  readonly cores: number;
  /** In a core. */
  readonly threads: number;
}

export async function readNodeInfo(host: HostReader): Promise<NodeInfo> {
  const [topology, mhz] = await Promise.all([readTopology(host), readMhz(host)]);
  const { cells, online } = topology;
  return {
    model: host.arch,
    memory: await totalKiB(host, topology.hasNuma ? cells.map((cell) => cell.id) : []),
    cpus: online.length,
    mhz,
    ...layoutOf(cells, online.length),
  };
}

/** What the cells hold together; what all the host has where there are none. */
async function totalKiB(host: HostReader, cells: readonly number[]): Promise<bigint> {
  const found = await Promise.all(cells.map((cell) => readNodeMemory(host, cell)));
  const sum = found.reduce((total, it) => total + (it?.totalKiB ?? 0n), 0n);
  return sum > 0n ? sum : (await readMemory(host)).totalKiB;
}

type Layout = Pick<NodeInfo, 'nodes' | 'sockets' | 'cores' | 'threads'>;

/**
 * The largest of each level. Clients multiply the four; where that would not give the number of processors, all are said to be
 * cores of one socket.
 */
function layoutOf(cells: readonly HostCell[], online: number): Layout {
  const largest = { sockets: 0, cores: 0, threads: 0 };
  for (const cell of cells) {
    const sockets = new Set(cell.cpus.map((cpu) => cpu.socket));
    largest.sockets = Math.max(largest.sockets, sockets.size);
    for (const socket of sockets) {
      const cpus = cell.cpus.filter((cpu) => cpu.socket === socket);
      const cores = new Set(cpus.map((cpu) => `${cpu.die}.${cpu.core}`));
      largest.cores = Math.max(largest.cores, cores.size);
      largest.threads = Math.max(largest.threads, ...cpus.map((cpu) => cpu.siblings.length));
    }
  }
  const offline = cells.reduce((sum, cell) => sum + cell.offline, 0);
  const { sockets, cores, threads } = largest;
  if (cells.length * sockets * cores * threads !== online + offline) {
    return { nodes: 1, sockets: 1, cores: online, threads: 1 };
  }
  return { nodes: cells.length, sockets, cores, threads };
}

/** Of the first processor, from what the kernel says of all. 0 where it does not say. */
async function readMhz({ kernel }: HostReader): Promise<number> {
  const text = (await kernel.text('/proc/cpuinfo')) ?? '';
  const [, mhz = '0'] = /^(?:cpu MHz|clock|cpu MHz dynamic)\s*:\s*(\d+)/m.exec(text) ?? [];
  return Number(mhz);
}
