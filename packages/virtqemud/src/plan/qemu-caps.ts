/** What a machine type of an emulator is. */
export interface MachineType {
  readonly name: string;
  readonly alias?: string | undefined;
  readonly maxCpus: number;
  readonly hotplugCpus: boolean;
  readonly isDefault: boolean;
  /** QOM type of the CPU it has when none is named. */
  readonly defaultCpu?: string | undefined;
  /** Takes `-numa node,mem=`. */
  readonly numaMemSupported: boolean;
  readonly defaultRamId?: string | undefined;
  readonly deprecated: boolean;
  readonly acpi?: boolean | undefined;
}

export interface CpuModelInfo {
  readonly name: string;
  readonly usable: boolean | undefined;
  readonly blockers: readonly string[];
  readonly vendor?: string | undefined;
}

/** A CPU as QEMU describes it: a model and its properties. */
export interface QemuHostCpu {
  readonly model: string;
  /** Whether QEMU tells features that forbid migration apart. */
  readonly migratability: boolean;
  readonly properties: readonly {
    readonly name: string;
    readonly value: boolean | bigint | string;
    readonly migratable?: boolean;
  }[];
}

export type Accelerator = 'kvm' | 'tcg' | 'hvf';

/** What planning asks of an emulator's capabilities. Flags have libvirt's names. */
export interface QemuCaps {
  readonly emulator: string;
  readonly arch: string;
  /** major × 1,000,000 + minor × 1,000 + micro */
  readonly version: number;
  has(flag: string): boolean;
  supports(accelerator: Accelerator): boolean;
  machines(accelerator: Accelerator): readonly MachineType[];
  cpuModels(accelerator: Accelerator): readonly CpuModelInfo[];
  hostCpu(accelerator: Accelerator): QemuHostCpu | undefined;
  /** Hyper-V enlightenments that KVM offers, by libvirt's names. */
  readonly hypervFeatures: readonly string[];
}
