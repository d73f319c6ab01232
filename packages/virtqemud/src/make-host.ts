import { arch, endianness } from 'node:os';
import {
  CpuLibrary,
  Host,
  HostFirmware,
  type HostReader,
  readHostUuid,
  type TscCounter,
} from '@modvirt/core/hypervisor';
import type { Files, KernelFiles, Logger, Processes } from '@modvirt/core/ports';
import type { Uuid } from '@modvirt/core/wire';
import type { Native } from '@modvirt/native';
import type { KvmProbe } from './capabilities/kvm-probe.js';
import { TargetFacts } from './capabilities/target-facts.js';
import { firmwareReport } from './firmware-report.js';

export interface HostSource {
  readonly kernel: KernelFiles;
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
export async function makeHost(source: HostSource): Promise<MadeHost> {
  const { native, log, files } = source;
  const reader: HostReader = {
    kernel: source.kernel,
    arch: hostArch(),
    pageSizeKiB: await pageSizeKiB(files),
    ticksPerSecond: TICKS_PER_SECOND,
  };
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

const AUXV = '/proc/self/auxv';
const AT_PAGESZ = 6n;

/** As the kernel told us when we began (getauxval(3)): pairs of words, each a kind and its value. */
async function pageSizeKiB(files: Files): Promise<number> {
  const bytes = await files.read(AUXV);
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 16 <= bytes.byteLength; at += 16) {
    if (words.getBigUint64(at, IS_LITTLE) === AT_PAGESZ)
      return Number(words.getBigUint64(at + 8, IS_LITTLE)) / 1024;
  }
  throw new Error(`${AUXV} does not tell the size of pages`);
}

const IS_LITTLE = endianness() === 'LE';

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

/** The unit of times in /proc on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

const ARCHES: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  ia32: 'i686',
  arm64: 'aarch64',
  arm: 'armv7l',
  riscv64: 'riscv64',
  loong64: 'loongarch64',
  ppc64: 'ppc64le',
  s390x: 's390x',
};

/** The host's architecture by libvirt's name. */
export function hostArch(): string {
  return ARCHES[arch()] ?? arch();
}
