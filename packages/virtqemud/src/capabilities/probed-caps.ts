import type { Accelerator, CpuModelInfo, MachineType, QemuCaps, QemuHostCpu } from '../plan/qemu-caps.js';
import type { ProbedAccelerator, ProbeResult } from './probe.js';

/** What planning asks, answered from what an emulator said. */
export function capsOf(emulator: string, result: ProbeResult): QemuCaps {
  const flags = new Set(result.flags);
  const under = (accelerator: Accelerator): ProbedAccelerator | undefined =>
    accelerator === 'kvm' ? (result.kvm ?? result.tcg) : (result.tcg ?? result.kvm);
  return {
    emulator,
    arch: result.arch,
    version: result.version,
    has: (flag) => flags.has(flag),
    hypervFeatures: [],
    supports: (accelerator) => accelerator !== 'hvf' && flags.has(accelerator),
    machines: (accelerator): readonly MachineType[] => under(accelerator)?.machines ?? [],
    cpuModels: (accelerator): readonly CpuModelInfo[] => under(accelerator)?.cpuModels ?? [],
    hostCpu: (accelerator): QemuHostCpu | undefined => {
      const cpu = under(accelerator)?.hostCpu;
      return cpu === undefined
        ? undefined
        : { model: cpu.model, properties: new Map(Object.entries(cpu.properties)) as never };
    },
  };
}
