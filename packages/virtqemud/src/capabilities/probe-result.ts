import type { Accelerator } from '../plan/qemu-caps.js';

export interface ProbedMachine {
  readonly name: string;
  readonly alias?: string;
  readonly maxCpus: number;
  readonly hotplugCpus: boolean;
  readonly isDefault: boolean;
  readonly defaultCpu?: string;
  readonly numaMemSupported: boolean;
  readonly defaultRamId?: string;
  readonly deprecated: boolean;
  readonly acpi?: boolean;
}

export interface ProbedCpuModel {
  readonly name: string;
  /** QOM type */
  readonly type?: string;
  /** Undefined where QEMU does not say. */
  readonly usable: boolean | undefined;
  /** Features that the host lacks for it, in QEMU's names. */
  readonly blockers: readonly string[];
  readonly deprecated: boolean;
}

/** A property of the host's CPU as an emulator offers it to guests. */
export interface ProbedCpuProperty {
  readonly name: string;
  readonly value: boolean | bigint | string;
  /** Of a feature that is on: whether a guest with it can be migrated. */
  readonly migratable?: boolean;
}

export interface ProbedHostCpu {
  readonly model: string;
  /** Whether QEMU tells features that forbid migration apart. */
  readonly migratability: boolean;
  readonly properties: readonly ProbedCpuProperty[];
}

/** What an emulator answers under one accelerator. */
export interface ProbedAccelerator {
  readonly accelerator: Accelerator;
  readonly hostCpu: ProbedHostCpu | undefined;
  readonly cpuModels: readonly ProbedCpuModel[];
  /** The default one first. */
  readonly machines: readonly ProbedMachine[];
}

/** AMD's encrypted guests, as the platform's firmware and QEMU have them. */
export interface SevCapability {
  readonly cbitpos: number;
  readonly reducedPhysBits: number;
  /** Base64 */
  readonly pdh: string;
  /** Base64 */
  readonly certChain: string;
  /** Base64 */
  readonly cpu0Id?: string;
}

export interface SgxSection {
  readonly node: number;
  readonly sizeKiB: bigint;
}

/** Intel's enclaves. */
export interface SgxCapability {
  readonly flc: boolean;
  readonly sgx1: boolean;
  readonly sgx2: boolean;
  readonly sectionSizeKiB: bigint;
  readonly sections: readonly SgxSection[];
}

/** All that an emulator said about itself. */
export interface ProbeResult {
  readonly arch: string;
  /** major × 1,000,000 + minor × 1,000 + micro */
  readonly version: number;
  /** The distribution's name of the package; empty when built from sources. */
  readonly package: string;
  /** By libvirt's names, in libvirt's order. */
  readonly flags: readonly string[];
  readonly accelerators: readonly ProbedAccelerator[];
  readonly sev?: SevCapability;
  readonly sgx?: SgxCapability;
  /** Enlightenments for Windows by libvirt's names; absent where the emulator does not say. */
  readonly hyperv?: readonly string[];
}
