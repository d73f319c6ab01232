import { flagTable } from './flag-table.js';
import type { ProbeFacts, PropertyFact } from './probe-facts.js';
import { QapiSchema } from './qapi-schema.js';

/** How an emulator is asked: a monitor, or a recorded conversation. Undefined is a refusal. */
export interface Conversation {
  ask(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

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
  readonly type: string;
  readonly usable: boolean | undefined;
  readonly blockers: readonly string[];
  readonly deprecated: boolean;
}

/** What an emulator answers under one accelerator. */
export interface ProbedAccelerator {
  readonly machines: readonly ProbedMachine[];
  readonly cpuModels: readonly ProbedCpuModel[];
  readonly hostCpu:
    | { readonly model: string; readonly properties: Readonly<Record<string, unknown>> }
    | undefined;
}

export interface ProbeResult {
  readonly arch: string;
  /** major × 1,000,000 + minor × 1,000 + micro */
  readonly version: number;
  readonly package: string;
  readonly flags: readonly string[];
  readonly kvm: ProbedAccelerator | undefined;
  readonly tcg: ProbedAccelerator | undefined;
}

const DEVICES_WITH_PROPERTIES = [
  'virtio-blk-pci',
  'virtio-net-pci',
  'virtio-scsi-pci',
  'vfio-pci',
  'scsi-hd',
  'ide-hd',
  'PIIX4_PM',
  'usb-redir',
  'usb-storage',
  'kvm-pit',
  'VGA',
  'vmware-svga',
  'qxl',
  'virtio-gpu-pci',
  'virtio-gpu-device',
  'ICH9-LPC',
  'virtio-balloon-pci',
  'virtio-balloon-device',
  'intel-iommu',
  'mch',
  'nvdimm',
  'pcie-root-port',
  'usb-host',
  'vhost-user-fs-device',
  'virtio-mem-pci',
  'virtio-iommu-pci',
] as const;
const OBJECTS_WITH_PROPERTIES = [
  'memory-backend-file',
  'memory-backend-memfd',
  'max-x86_64-cpu',
  'generic-pc-machine',
] as const;

/** Asks an emulator everything that planning needs. `accelerator` is what it was started with. */
export async function probeEmulator(
  conversation: Conversation,
  accelerator: 'kvm' | 'tcg',
): Promise<ProbeResult> {
  const ask = (command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown> =>
    conversation.ask(command, args);
  const version = (await ask('query-version')) as {
    qemu: { major: number; minor: number; micro: number };
    package: string;
  };
  const target = (await ask('query-target')) as { arch: string };
  const facts = await collectFacts(ask, accelerator);
  const accelerated = await probeAccelerator(ask);
  const { major, minor, micro } = version.qemu;
  return {
    arch: target.arch,
    version: major * 1_000_000 + minor * 1000 + micro,
    package: version.package.trim(),
    flags: Object.keys(flagTable).filter((flag) => flagTable[flag]?.(facts)),
    kvm: accelerator === 'kvm' ? accelerated : undefined,
    tcg: accelerator === 'tcg' ? accelerated : undefined,
  };
}

type Ask = (command: string, args?: Readonly<Record<string, unknown>>) => Promise<unknown>;

async function collectFacts(ask: Ask, accelerator: 'kvm' | 'tcg'): Promise<ProbeFacts> {
  const schema = new QapiSchema(await ask('query-qmp-schema'));
  const kvm = (await ask('query-kvm')) as { enabled: boolean; present: boolean } | undefined;
  const types = namesOf(await ask('qom-list-types'), 'name');
  const properties = new Map<string, ReadonlyMap<string, PropertyFact>>();
  for (const name of DEVICES_WITH_PROPERTIES) {
    if (types.has(name))
      properties.set(name, propertiesOf(await ask('device-list-properties', { typename: name })));
  }
  for (const name of OBJECTS_WITH_PROPERTIES) {
    properties.set(name, propertiesOf(await ask('qom-list-properties', { typename: name })));
  }
  const tpm = [...listOf(await ask('query-tpm-models')), ...listOf(await ask('query-tpm-types'))];
  const options = (await ask('query-command-line-options')) as readonly {
    option: string;
    parameters: readonly { name: string }[];
  }[];
  const migration = await ask('query-migrate-capabilities');
  const accelerators = new Set<'kvm' | 'tcg'>();
  if (accelerator === 'kvm' && kvm?.enabled) accelerators.add('kvm');
  if (accelerator === 'tcg' || types.has('tcg-accel')) accelerators.add('tcg');
  return {
    types,
    schema,
    tpm: new Set(tpm as string[]),
    options: new Map(
      options.map((one) => [one.option, new Set(one.parameters.map((parameter) => parameter.name))]),
    ),
    migrationCapabilities: namesOf(migration, 'capability'),
    accelerators,
    properties: (typeName) => properties.get(typeName) ?? NO_PROPERTIES,
  };
}

const NO_PROPERTIES: ReadonlyMap<string, PropertyFact> = new Map();

function listOf(reply: unknown): readonly unknown[] {
  return Array.isArray(reply) ? reply : [];
}

function namesOf(reply: unknown, field: string): ReadonlySet<string> {
  return new Set(listOf(reply).map((one) => (one as Record<string, string>)[field] ?? ''));
}

function propertiesOf(reply: unknown): ReadonlyMap<string, PropertyFact> {
  const list = listOf(reply) as readonly { name: string; type: string; 'default-value'?: unknown }[];
  return new Map(list.map((one) => [one.name, { type: one.type, defaultValue: one['default-value'] }]));
}

async function probeAccelerator(ask: Ask): Promise<ProbedAccelerator> {
  const machines = listOf(await ask('query-machines')) as readonly Record<string, unknown>[];
  const models = listOf(await ask('query-cpu-definitions')) as readonly Record<string, unknown>[];
  const max = (await ask('query-cpu-model-expansion', { type: 'static', model: { name: 'max' } })) as
    | { model: { name: string; props?: Record<string, unknown> } }
    | undefined;
  return {
    machines: machines.map(machineOf),
    cpuModels: models.map(cpuModelOf),
    hostCpu: max === undefined ? undefined : { model: max.model.name, properties: max.model.props ?? {} },
  };
}

function machineOf(machine: Record<string, unknown>): ProbedMachine {
  const text = (name: string): string | undefined =>
    typeof machine[name] === 'string' ? (machine[name] as string) : undefined;
  const alias = text('alias');
  const defaultCpu = text('default-cpu-type');
  const defaultRamId = text('default-ram-id');
  return {
    name: text('name') ?? '',
    maxCpus: Number(machine['cpu-max'] ?? 1),
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

function cpuModelOf(model: Record<string, unknown>): ProbedCpuModel {
  const blockers = model['unavailable-features'];
  return {
    name: String(model.name),
    type: String(model.typename ?? ''),
    usable: Array.isArray(blockers) ? blockers.length === 0 : undefined,
    blockers: Array.isArray(blockers) ? (blockers as string[]) : [],
    deprecated: model.deprecated === true,
  };
}
