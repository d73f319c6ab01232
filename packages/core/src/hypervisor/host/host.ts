import type { CpuData } from '../../cpu/cpu-data.js';
import type { CpuDefinition } from '../../cpu/cpu-definition.js';
import type { CpuMap } from '../../cpu/cpu-map.js';
import { type Cpuid, readCpuid } from '../../cpu/read-cpuid.js';
import type { HostCapabilities, HostCpu } from '../../schema/capabilities.js';
import type { Uuid } from '../../wire/uuid.js';
import type { CpuLibrary } from './cpu-library.js';
import { hostCapabilities, type SecurityModel } from './host-capabilities.js';
import { type DescribedCpu, describeCpu, readAddressBits, readHostCpu } from './host-cpu.js';
import { readHostFacts } from './host-facts.js';
import type { HostReader } from './host-reader.js';
import { SteadyKernelFiles } from './steady-kernel-files.js';

/** A counter in the processor. */
export interface TscCounter {
  /** Ticks a second. */
  readonly frequency: bigint;
  /** Whether guests can be given another speed. */
  readonly scaling: boolean;
}

export interface HostParts {
  readonly reader: HostReader;
  readonly cpus: CpuLibrary;
  readonly cpuid: Cpuid;
  uuid(): Promise<Uuid>;
  /** The counter that guests can be promised; undefined where there is no hypervisor to tell. */
  tsc(): Promise<TscCounter | undefined>;
  /** What a register says that tells features: low and high word; undefined where nobody can read it. */
  msr(index: number): Promise<readonly [number, number] | undefined>;
}

export interface HostOffers {
  readonly securityModels: readonly SecurityModel[];
  readonly migrationTransports: readonly string[];
}

/** What of CPUs can be looked up without waiting. */
export interface KnownCpus {
  /** Undefined where no description of CPUs is installed. */
  readonly map: CpuMap | undefined;
  readonly host: HostCpu | undefined;
}

/** The machine that the daemon runs on. What cannot change while it runs is found out once. */
export class Host {
  readonly reader: HostReader;
  readonly cpus: CpuLibrary;
  readonly #parts: HostParts;
  #described: Promise<DescribedCpu> | undefined;
  #known: KnownCpus = { map: undefined, host: undefined };
  #uuid: Promise<Uuid> | undefined;

  constructor(parts: HostParts) {
    this.reader = { ...parts.reader, kernel: new SteadyKernelFiles(parts.reader.kernel) };
    this.cpus = parts.cpus;
    this.#parts = parts;
  }

  /** What is known of CPUs so far: nothing before `knowCpus`. */
  get knownCpus(): KnownCpus {
    return this.#known;
  }

  /** Finds out about CPUs for those who decide without waiting. */
  async knowCpus(): Promise<void> {
    if (this.#known.host !== undefined) return;
    const [map, host] = await Promise.all([this.cpus.x86(), this.cpu()]);
    this.#known = { map, host };
  }

  async cpu(): Promise<HostCpu> {
    return readHostCpu(this.reader, await this.#description());
  }

  /** Model and features only, to be compared with what a document asks for. */
  async cpuDefinition(): Promise<CpuDefinition> {
    return { type: 'host', cpu: { arch: this.reader.arch, ...(await this.#description()), pages: [] } };
  }

  /** How wide the processor's physical addresses are; undefined where it does not say. */
  physicalAddressBits(): Promise<number | undefined> {
    return readAddressBits(this.reader);
  }

  uuid(): Promise<Uuid> {
    this.#uuid ??= this.#parts.uuid();
    return this.#uuid;
  }

  async capabilities(offers: HostOffers): Promise<HostCapabilities> {
    const [cpu, facts, uuid] = await Promise.all([this.cpu(), readHostFacts(this.reader), this.uuid()]);
    return hostCapabilities({ cpu, facts, uuid, ...offers });
  }

  #description(): Promise<DescribedCpu> {
    this.#described ??= this.#describe().catch((error: unknown) => {
      this.#described = undefined;
      throw error;
    });
    return this.#described;
  }

  async #describe(): Promise<DescribedCpu> {
    const map = await this.cpus.x86();
    if (map === undefined) return { features: [] };
    const described = describeCpu(map, await this.#answers());
    // One that changes its speed is no clock.
    const isSteady = described.features.some((it) => it.name === 'invtsc');
    const counter = isSteady ? await this.#parts.tsc() : undefined;
    return counter === undefined ? described : { ...described, counter: { name: 'tsc', ...counter } };
  }

  /** What the processor says of itself, with the register to which it refers for more. */
  async #answers(): Promise<CpuData> {
    const data = readCpuid(this.#parts.cpuid);
    if (!hasArchCapabilities(data)) return data;
    const [eax, edx] = (await this.#parts.msr(ARCH_CAPABILITIES)) ?? [];
    if (eax === undefined || edx === undefined) return data;
    return [...data, { type: 'msr', index: ARCH_CAPABILITIES, eax, edx }];
  }
}

/** IA32_ARCH_CAPABILITIES: which attacks the processor is immune to. */
const ARCH_CAPABILITIES = 0x10a;

/** Whether that register exists: bit 29 of edx in leaf 7. */
function hasArchCapabilities(data: CpuData): boolean {
  const leaf = data.find((it) => it.type === 'cpuid' && it.leaf === 7 && it.subleaf === 0);
  return leaf?.type === 'cpuid' && (leaf.values[3] & (1 << 29)) !== 0;
}
