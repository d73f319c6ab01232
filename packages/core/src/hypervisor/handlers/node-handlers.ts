import type { Handlers } from '../../driver/handlers.js';
import type { ErrorDomain } from '../../errors/domains.js';
import { systemError } from '../../errors/system-error.js';
import { VirError } from '../../errors/vir-error.js';
import { nodeAllocPagesFlags } from '../../protocol/constants/host.js';
import type { node } from '../../protocol/node.js';
import { readParameters } from '../../protocol/read-parameters.js';
import { checkFlags } from '../check-flags.js';
import { readCpuTimes } from '../host/cpu-times.js';
import { readCpuSets, readNodeIds } from '../host/cpu-topology.js';
import type { HostReader } from '../host/host-reader.js';
import { readMemory, readNodeMemory } from '../host/memory.js';
import { readNodeInfo } from '../host/node-info.js';
import { allocatePages, noSuchPages, readPages } from '../host/pages.js';
import {
  mergingFile,
  mergingParameterCount,
  mergingParameterTypes,
  readMerging,
} from '../host/same-page-merging.js';

const ALL = -1;
const SUSPEND_TARGETS = ['Suspend-to-RAM', 'Suspend-to-Disk', 'Hybrid-Suspend'] as const;

/**
 * What the host is and has, the same for every hypervisor.
 *
 * @param errorDomain whose function checks the flags, where that is the driver's own
 */
export function nodeHandlers(host: HostReader, errorDomain: ErrorDomain): Handlers<typeof node> {
  return raisedByNobody({
    nodeGetInfo: () => readNodeInfo(host),
    ...figures(host),
    ...memory(host),
    ...pages(host, errorDomain),
    nodeSuspendForDuration({ target, flags }) {
      checkFlags('virNodeSuspend', flags, 0);
      const name = SUSPEND_TARGETS[target];
      if (name === undefined) throw VirError.of('INVALID_ARG', 'Invalid suspend target');
      // Capabilities offer no kind of sleep, because nothing here could wake the host up again.
      throw VirError.of('ARGUMENT_UNSUPPORTED', name);
    },
  });
}

/** Errors about the host are not the hypervisor's. */
function raisedByNobody(handlers: Handlers<typeof node>): Handlers<typeof node> {
  const settle = (error: unknown): never => {
    throw error instanceof VirError ? error.settled() : error;
  };
  const wrapped = Object.entries(handlers).map(([name, handler]) => {
    const run = handler as (args: unknown, call: unknown) => unknown;
    return [name, (args: unknown, call: unknown) => attempt(() => run(args, call)).catch(settle)];
  });
  return Object.fromEntries(wrapped) as Handlers<typeof node>;
}

async function attempt(run: () => unknown): Promise<unknown> {
  return run();
}

function figures(host: HostReader): Handlers<typeof node> {
  return {
    async nodeGetCpuStats({ cpuNum, nparams, flags }) {
      checkFlags('virHostCPUGetStats', flags, 0);
      if (nparams === 0) return { params: [], nparams: CPU_FIGURES.length };
      requireCount('virHostCPUGetStatsLinux', nparams, CPU_FIGURES.length);
      const times = await readCpuTimes(host, cpuNum === ALL ? 'all' : cpuNum);
      if (times === undefined) throw invalid('virHostCPUGetStatsLinux', 'cpuNum', 'Invalid cpuNum in %s');
      const params = CPU_FIGURES.map((field) => ({ field, value: times[field] }));
      return { params, nparams: params.length };
    },
    async nodeGetMemoryStats({ cellNum, nparams, flags }) {
      checkFlags('virHostMemGetStats', flags, 0);
      const api = 'virHostMemGetStats';
      if (cellNum !== ALL) {
        const last = await lastCell(host);
        const text = `cellNum in %s must be less than or equal to ${last}`;
        if (cellNum < 0 || cellNum > last) throw invalid(api, 'cellNum', text);
      }
      const names = cellNum === ALL ? HOST_MEMORY_FIGURES : CELL_MEMORY_FIGURES;
      if (nparams === 0) return { params: [], nparams: names.length };
      requireCount('virHostMemGetStatsLinux', nparams, names.length);
      const found = cellNum === ALL ? await readMemory(host) : await readNodeMemory(host, cellNum);
      const params = names.map((field) => ({ field, value: found?.[`${field}KiB`] ?? 0n }));
      return { params, nparams: params.length };
    },
    async nodeGetCpuMap({ needMap, needOnline, flags }) {
      checkFlags('virHostCPUGetMap', flags, 0);
      const { present, online } = await readCpuSets(host);
      const count = (present.at(-1) ?? 0) + 1;
      const map = new Uint8Array(Math.ceil(count / 8));
      for (const cpu of online) map[cpu >> 3] = (map[cpu >> 3] ?? 0) | (1 << (cpu & 7));
      return {
        cpumap: needMap === 0 ? new Uint8Array() : map,
        online: needOnline === 0 ? 0 : online.length,
        ret: count,
      };
    },
  };
}

const CPU_FIGURES = ['kernel', 'user', 'idle', 'iowait'] as const;
const HOST_MEMORY_FIGURES = ['total', 'free', 'buffers', 'cached'] as const;
const CELL_MEMORY_FIGURES = ['total', 'free'] as const;

function memory(host: HostReader): Handlers<typeof node> {
  return {
    async nodeGetFreeMemory() {
      return { freeMem: (await freeKiB(host)) * 1024n };
    },
    async nodeGetCellsFreeMemory({ startCell, maxcells }) {
      const cells = await cellRange(host, startCell, maxcells);
      const found = await Promise.all(cells.map((cell) => readNodeMemory(host, cell)));
      return { cells: found.map((it) => (it?.freeKiB ?? 0n) * 1024n) };
    },
    async nodeGetMemoryParameters({ nparams, flags }) {
      // Clients that understand typed strings say so; there are none among these.
      checkFlags('virHostMemGetParameters', flags, TYPED_STRING_OKAY);
      if (nparams === 0) return { params: [], nparams: mergingParameterCount };
      const params = (await readMerging(host)).slice(0, nparams);
      return { params: [...params], nparams: params.length };
    },
    async nodeSetMemoryParameters({ params, flags }) {
      checkFlags('virHostMemSetParameters', flags, 0);
      const values = readParameters(params, mergingParameterTypes);
      for (const field of Object.keys(mergingParameterTypes) as (keyof typeof mergingParameterTypes)[]) {
        const value = values[field];
        if (value === undefined) continue;
        await host.kernel.write(mergingFile(field), String(value)).catch((error: unknown) => {
          throw systemError(error, `failed to set ${field}`);
        });
      }
    },
  };
}

const TYPED_STRING_OKAY = 4;

function pages(host: HostReader, errorDomain: ErrorDomain): Handlers<typeof node> {
  return {
    async nodeGetFreePages({ pages: sizes, startCell, cellCount, flags }) {
      checkFlags('virNodeGetFreePages', flags, 0, errorDomain);
      const cells = startCell === ALL ? (['all'] as const) : await cellRange(host, startCell, cellCount);
      const counts: bigint[] = [];
      for (const cell of cells) {
        const pools = await readPages(host, cell);
        for (const size of sizes) {
          const pool = pools.find((it) => it.sizeKiB === size);
          if (pool === undefined) throw noSuchPages(size, cell);
          counts.push(pool.free);
        }
      }
      return { counts };
    },
    async nodeAllocPages({ pageSizes, pageCounts, startCell, cellCount, flags }) {
      checkFlags('virNodeAllocPages', flags, nodeAllocPagesFlags.set, errorDomain);
      const cells = startCell === ALL ? (['all'] as const) : await cellRange(host, startCell, cellCount);
      let done = 0;
      for (const cell of cells) {
        for (const [index, sizeKiB] of pageSizes.entries()) {
          await allocatePages(host, cell, {
            sizeKiB,
            count: pageCounts[index] ?? 0n,
            adds: (flags & nodeAllocPagesFlags.set) === 0,
          });
          done += 1;
        }
      }
      return { ret: done };
    },
  };
}

async function lastCell(host: HostReader): Promise<number> {
  return (await readNodeIds(host)).at(-1) ?? 0;
}

/** Cells from `first` on, as many as there are. @throws VirError when the first does not exist */
async function cellRange(host: HostReader, first: number, count: number): Promise<readonly number[]> {
  const last = await lastCell(host);
  if (first < 0 || first > last) {
    throw VirError.of('INTERNAL_ERROR', `start cell ${first} out of range (0-${last})`);
  }
  const number = Math.max(0, Math.min(count, last - first + 1));
  return Array.from({ length: number }, (_, index) => first + index);
}

async function freeKiB(host: HostReader): Promise<bigint> {
  const cells = await Promise.all((await readNodeIds(host)).map((cell) => readNodeMemory(host, cell)));
  const found = cells.filter((it) => it !== undefined);
  if (found.length === 0) return (await readMemory(host)).freeKiB;
  return found.reduce((sum, it) => sum + it.freeKiB, 0n);
}

function invalid(api: string, argument: string, text: string): VirError {
  return VirError.invalidArgument(api, argument, text.replace('%s', api));
}

function requireCount(api: string, given: number, expected: number): void {
  if (given === expected) return;
  throw invalid(api, 'nparams', `nparams in %s must be equal to ${expected}`);
}
