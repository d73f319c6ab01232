import type { Accelerator, CpuModelInfo, MachineType, QemuCaps, QemuHostCpu } from '../plan/qemu-caps.js';
import type { ProbedAccelerator, ProbeResult } from './probe-result.js';

/** What planning asks, answered from what an emulator said. */
export function capsOf(emulator: string, result: ProbeResult): ProbedCaps {
  const flags = new Set(result.flags);
  const under = (accelerator: Accelerator): ProbedAccelerator | undefined =>
    result.accelerators.find((it) => it.accelerator === accelerator);
  return {
    emulator,
    arch: result.arch,
    version: result.version,
    probed: result,
    has: (flag) => flags.has(flag),
    hypervFeatures: result.hyperv ?? [],
    supports: (accelerator) => under(accelerator) !== undefined,
    machines: (accelerator): readonly MachineType[] => under(accelerator)?.machines ?? [],
    cpuModels: (accelerator): readonly CpuModelInfo[] => under(accelerator)?.cpuModels ?? [],
    hostCpu: (accelerator): QemuHostCpu | undefined => under(accelerator)?.hostCpu,
  };
}

/** As planning sees it, and all that there is besides. */
export interface ProbedCaps extends QemuCaps {
  readonly probed: ProbeResult;
}
