import type { CpuMap, DecodedCpu, OfferedModel } from '@modvirt/core/cpu';
import { decodeHostCpu, offeredModels } from './decode-host-cpu.js';
import { cpuModelsOf, hostCpuOf } from './probe-replies.js';

/** The CPU that an emulator's expansion of a model describes. @throws VirError when no model fits */
export function cpuFromExpansion(map: CpuMap, expansion: unknown, definitions: unknown): DecodedCpu {
  const host = hostCpuOf(expansion, undefined);
  const offered = offeredByDefinitions(map, definitions);
  return decodeHostCpu(map, host ?? { model: '', migratability: false, properties: [] }, {
    offered,
    migratable: false,
  });
}

/** Models as `query-cpu-definitions` lists them; undefined where it was not asked. */
export function offeredByDefinitions(map: CpuMap, reply: unknown): readonly OfferedModel[] | undefined {
  return reply === undefined ? undefined : offeredModels(map, cpuModelsOf(reply));
}
