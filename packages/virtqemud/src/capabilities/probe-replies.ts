import type {
  ProbedCpuModel,
  ProbedCpuProperty,
  ProbedHostCpu,
  ProbedMachine,
  SevCapability,
  SgxCapability,
} from './probe-result.js';

// Readers of QEMU's answers. What is missing or of another type counts as not said.

type Json = Readonly<Record<string, unknown>>;

export function recordOf(reply: unknown): Json {
  return typeof reply === 'object' && reply !== null && !Array.isArray(reply) ? (reply as Json) : {};
}

export function listOf(reply: unknown): readonly Json[] {
  return Array.isArray(reply) ? reply.map(recordOf) : [];
}

/** The strings in a list, or those under `field` in a list of objects. */
export function namesOf(reply: unknown, field?: string): readonly string[] {
  if (!Array.isArray(reply)) return [];
  const values: readonly unknown[] = field === undefined ? reply : reply.map((it) => recordOf(it)[field]);
  return values.filter((it) => typeof it === 'string');
}

function textAt(from: Json, name: string): string | undefined {
  const value = from[name];
  return typeof value === 'string' ? value : undefined;
}

function numberAt(from: Json, name: string): number {
  const value = from[name];
  return typeof value === 'number' ? value : 0;
}

export interface EmulatorVersion {
  readonly version: number;
  readonly package: string;
}

export function versionOf(reply: unknown): EmulatorVersion {
  const answer = recordOf(reply);
  const qemu = recordOf(answer.qemu);
  return {
    version: numberAt(qemu, 'major') * 1_000_000 + numberAt(qemu, 'minor') * 1000 + numberAt(qemu, 'micro'),
    package: packageName(textAt(answer, 'package') ?? ''),
  };
}

// QEMU puts the package's name in parentheses.
function packageName(text: string): string {
  const [, inner] = /^\s*\((.*)\)\s*$/.exec(text) ?? [];
  return inner ?? text.trim();
}

/** Machine types but `none`, the default one first. */
export function machinesOf(reply: unknown): readonly ProbedMachine[] {
  const machines = listOf(reply)
    .filter((it) => it.name !== 'none')
    .map(machineOf);
  const isDefault = (it: ProbedMachine) => it.isDefault;
  return [...machines.filter(isDefault), ...machines.filter((it) => !isDefault(it))];
}

function machineOf(machine: Json): ProbedMachine {
  const alias = textAt(machine, 'alias');
  const defaultCpu = textAt(machine, 'default-cpu-type');
  const defaultRamId = textAt(machine, 'default-ram-id');
  return {
    name: textAt(machine, 'name') ?? '',
    maxCpus: numberAt(machine, 'cpu-max'),
    hotplugCpus: machine['hotpluggable-cpus'] === true,
    isDefault: machine['is-default'] === true,
    numaMemSupported: machine['numa-mem-supported'] === true,
    deprecated: machine.deprecated === true,
    ...(alias === undefined ? {} : { alias }),
    ...(defaultCpu === undefined ? {} : { defaultCpu }),
    ...(defaultRamId === undefined ? {} : { defaultRamId }),
    ...(typeof machine.acpi === 'boolean' ? { acpi: machine.acpi } : {}),
  };
}

export function cpuModelsOf(reply: unknown): readonly ProbedCpuModel[] {
  return listOf(reply).map((model) => {
    const blockers = model['unavailable-features'];
    const type = textAt(model, 'typename');
    return {
      name: textAt(model, 'name') ?? '',
      ...(type === undefined ? {} : { type }),
      usable: Array.isArray(blockers) ? blockers.length === 0 : undefined,
      blockers: namesOf(blockers),
      deprecated: model.deprecated === true,
    };
  });
}

function modelOf(reply: unknown): { readonly name: string; readonly props: Json } {
  const model = recordOf(recordOf(reply).model);
  return { name: textAt(model, 'name') ?? '', props: recordOf(model.props) };
}

/**
 * @param migratable what `query-cpu-model-expansion` answers
 * @param whole      what it answers for a CPU that need not be migratable; undefined where QEMU does not tell them apart
 */
export function hostCpuOf(migratable: unknown, whole: unknown): ProbedHostCpu | undefined {
  if (migratable === undefined) return undefined;
  const model = modelOf(migratable);
  const all = whole === undefined ? undefined : modelOf(whole).props;
  return {
    model: model.name,
    migratability: all !== undefined,
    properties: Object.entries(model.props).flatMap(([name, value]) => propertyOf(name, value, all)),
  };
}

function propertyOf(name: string, value: unknown, all: Json | undefined): readonly ProbedCpuProperty[] {
  if (typeof value === 'string') return [{ name, value }];
  if (typeof value === 'number') return [{ name, value: BigInt(value) }];
  if (typeof value !== 'boolean') return [];
  if (all === undefined) return [{ name, value }];
  if (value) return [{ name, value, migratable: true }];
  return [all[name] === true ? { name, value: true, migratable: false } : { name, value: false }];
}

/** libvirt's names of the enlightenments, in its order; QEMU's have `hv-` before them. */
const ENLIGHTENMENTS = [
  'relaxed',
  'vapic',
  'spinlocks',
  'vpindex',
  'runtime',
  'synic',
  'stimer',
  'reset',
  'vendor_id',
  'frequencies',
  'reenlightenment',
  'tlbflush',
  'ipi',
  'evmcs',
  'avic',
  'emsr_bitmap',
  'xmm_input',
] as const;

/** @param reply the full expansion of a CPU with `hv-passthrough` */
export function hypervOf(reply: unknown): readonly string[] | undefined {
  const { props } = modelOf(reply);
  if (!Object.keys(props).some((name) => name.startsWith('hv-'))) return undefined;
  return ENLIGHTENMENTS.filter((name) => {
    const value = props[`hv-${name.replaceAll('_', '-')}`];
    return value === true || typeof value === 'number' || typeof value === 'string';
  });
}

export function sevOf(reply: unknown): SevCapability | undefined {
  if (reply === undefined) return undefined;
  const sev = recordOf(reply);
  const cpu0Id = textAt(sev, 'cpu0-id');
  return {
    cbitpos: numberAt(sev, 'cbitpos'),
    reducedPhysBits: numberAt(sev, 'reduced-phys-bits'),
    pdh: textAt(sev, 'pdh') ?? '',
    certChain: textAt(sev, 'cert-chain') ?? '',
    ...(cpu0Id === undefined ? {} : { cpu0Id }),
  };
}

export function sgxOf(reply: unknown): SgxCapability | undefined {
  if (reply === undefined) return undefined;
  const sgx = recordOf(reply);
  const sections = listOf(sgx.sections).map((it) => ({
    node: numberAt(it, 'node'),
    sizeKiB: BigInt(numberAt(it, 'size')) / 1024n,
  }));
  const total = sections.reduce((sum, it) => sum + it.sizeKiB, 0n);
  return {
    flc: sgx.flc === true,
    sgx1: sgx.sgx1 === true,
    sgx2: sgx.sgx2 === true,
    sectionSizeKiB: typeof sgx['section-size'] === 'number' ? BigInt(sgx['section-size']) / 1024n : total,
    sections,
  };
}
