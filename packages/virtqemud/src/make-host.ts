import {
  CpuLibrary,
  Host,
  HostFirmware,
  type HostReader,
  readHostUuid,
  type TscCounter,
} from '@modvirt/core/hypervisor';
import type { Files, Logger, Processes } from '@modvirt/core/ports';
import type { Uuid } from '@modvirt/core/wire';
import type { Native } from '@modvirt/native';
import type { KvmProbe } from './capabilities/kvm-probe.js';
import { TargetFacts } from './capabilities/target-facts.js';
import { firmwareReport } from './firmware-report.js';

export interface HostSource {
  readonly reader: HostReader;
  readonly log: Logger;
  readonly files: Files;
  readonly native: Native;
  readonly processes: Processes;
  readonly kvm: KvmProbe;
  readonly configuredUuid: string | undefined;
  readonly uuidSource: 'smbios' | 'machine-id';
  newUuid(): Uuid;
}

export interface MadeHost {
  readonly host: Host;
  readonly firmware: HostFirmware;
  readonly targetFacts: TargetFacts;
}

/** The machine that we run on, as Linux shows it. */
export function makeHost(source: HostSource): MadeHost {
  const { native, log, files } = source;
  const { reader } = source;
  const host = new Host({
    reader,
    cpus: new CpuLibrary(files, log),
    cpuid: (leaf, subleaf) => native.cpuid(leaf, subleaf),
    async uuid() {
      const choice = { configured: source.configuredUuid, source: source.uuidSource };
      return (await readHostUuid(reader.kernel, choice)) ?? source.newUuid();
    },
    async tsc() {
      return (await source.kvm.usable()) ? askTsc(source) : undefined;
    },
    async msr(index) {
      return (await source.kvm.usable()) ? asked(source, () => native.kvmMsr(index)) : undefined;
    },
  });
  const targetFacts = new TargetFacts({
    host,
    log,
    kvm: source.kvm,
    cpuid: (leaf, subleaf) => native.cpuid(leaf, subleaf),
    firmware: ({ arch, machine }) => firmwareReport(files, arch, machine?.name ?? ''),
    runTool: (command, options) => source.processes.runTool(command, options),
  });
  const firmware = new HostFirmware((command, options) => source.processes.runTool(command, options), log);
  return { host, targetFacts, firmware };
}

function askTsc(source: HostSource): TscCounter | undefined {
  const answer = asked(source, () => source.native.kvmTscKhz());
  if (answer === undefined) return undefined;
  const [khz, scales] = answer;
  return { frequency: BigInt(khz) * 1000n, scaling: scales === 1 };
}

/** What KVM says; nothing where it refuses, which takes features from the answer but does not end it. */
function asked<T>({ log }: HostSource, ask: () => T | undefined): T | undefined {
  try {
    return ask();
  } catch (error) {
    log.warn('KVM does not tell about the processor', { error });
    return undefined;
  }
}
