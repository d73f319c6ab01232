import type { Accelerator } from '../plan/qemu-caps.js';
import { flagTable } from './flag-table.js';
import type { ProbeFacts, PropertyFact } from './probe-facts.js';
import {
  cpuModelsOf,
  hostCpuOf,
  hypervOf,
  listOf,
  machinesOf,
  namesOf,
  recordOf,
  sevOf,
  sgxOf,
  versionOf,
} from './probe-replies.js';
import type { ProbedAccelerator, ProbeResult, SevCapability, SgxCapability } from './probe-result.js';
import { QapiSchema } from './qapi-schema.js';

/** How an emulator is asked: a monitor, or a recorded conversation. Undefined is a refusal. */
export interface Conversation {
  ask(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** Starts an emulator without a machine and opens its monitor; it is ended when `run` is through. */
export type Converse = <T>(
  accelerators: 'kvm:tcg' | 'hvf:tcg' | 'tcg',
  run: (conversation: Conversation) => Promise<T>,
) => Promise<T>;

/** Types of which single properties decide about flags. */
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
const OBJECTS_WITH_PROPERTIES = ['memory-backend-file', 'memory-backend-memfd'] as const;
/** The type that holds what all machines of PCs have. */
const PC_MACHINE = 'generic-pc-machine';
const ANY_MACHINE = 'none-machine';

/** Architectures as QEMU names them, where libvirt does it otherwise. */
const LIBVIRT_ARCH: Readonly<Record<string, string>> = { i386: 'i686', arm: 'armv7l' };

/**
 * Asks an emulator everything that planning needs.
 *
 * @param offered what the host accelerates guests with, as far as it is known; what the emulator does without is asked too
 */
export async function probeEmulator(converse: Converse, offered: Accelerator): Promise<ProbeResult> {
  const first = await converse(offered === 'tcg' ? offered : `${offered}:tcg`, (conversation) =>
    askAll(conversation, offered),
  );
  if (first.accelerator === 'tcg' || !first.result.flags.includes('tcg')) return first.result;
  const emulated = await converse('tcg', (conversation) =>
    askAccelerator(conversation, 'tcg', first.result.flags),
  );
  return { ...first.result, accelerators: [...first.result.accelerators, emulated] };
}

interface FirstPart {
  readonly accelerator: Accelerator;
  readonly result: ProbeResult;
}

async function askAll(conversation: Conversation, offered: Accelerator): Promise<FirstPart> {
  const [version, target] = await Promise.all([
    conversation.ask('query-version'),
    conversation.ask('query-target'),
  ]);
  const qemuArch = String(recordOf(target).arch);
  const emulator = versionOf(version);
  const facts = await collectFacts(conversation, {
    qemuArch,
    version: emulator.version,
    hasHvf: offered === 'hvf',
  });
  const accelerator = facts.accelerators.has('kvm') ? 'kvm' : facts.accelerators.has('hvf') ? 'hvf' : 'tcg';
  const { sev, sgx } = await askEnclaves(conversation, facts);
  const flags = Object.keys(flagTable).filter((flag) => flagTable[flag]?.(facts));
  const own = await askAccelerator(conversation, accelerator, flags);
  const hyperv = await askEnlightenments(conversation, accelerator, flags);
  const result = {
    ...emulator,
    arch: LIBVIRT_ARCH[qemuArch] ?? qemuArch,
    flags: flags.filter((flag) => !isRefused(flag, { sev, sgx })),
    accelerators: [own],
    ...(sev === undefined ? {} : { sev }),
    ...(sgx === undefined ? {} : { sgx }),
    ...(hyperv === undefined ? {} : { hyperv }),
  };
  return { accelerator, result };
}

interface Enclaves {
  readonly sev: SevCapability | undefined;
  readonly sgx: SgxCapability | undefined;
}

async function askEnclaves(conversation: Conversation, facts: ProbeFacts): Promise<Enclaves> {
  const askIf = (type: string, command: string) =>
    facts.types.has(type) ? conversation.ask(command) : undefined;
  return {
    sev: sevOf(await askIf('sev-guest', 'query-sev-capabilities')),
    sgx: sgxOf(await askIf('sgx-epc', 'query-sgx-capabilities')),
  };
}

// The types exist in every build; whether the host has what they need is another question.
function isRefused(flag: string, { sev, sgx }: Enclaves): boolean {
  if (flag === 'sgx-epc') return sgx === undefined;
  return (flag === 'sev-guest' || flag === 'sev-snp-guest') && sev === undefined;
}

async function collectFacts(
  conversation: Conversation,
  known: { readonly qemuArch: string; readonly version: number; readonly hasHvf: boolean },
): Promise<ProbeFacts> {
  const { qemuArch, version, hasHvf } = known;
  const ask = (command: string) => conversation.ask(command);
  const [schema, kvm, typeList, tpmModels, tpmTypes, options, migration] = await Promise.all([
    ask('query-qmp-schema'),
    ask('query-kvm'),
    ask('qom-list-types'),
    ask('query-tpm-models'),
    ask('query-tpm-types'),
    ask('query-command-line-options'),
    ask('query-migrate-capabilities'),
  ]);
  const types = new Set(namesOf(typeList, 'name'));
  const properties = await askProperties(conversation, types, qemuArch);
  return {
    types,
    qemuArch,
    version,
    schema: new QapiSchema(schema),
    tpm: new Set([...namesOf(tpmModels), ...namesOf(tpmTypes)]),
    options: new Map(
      listOf(options).map((it) => [String(it.option), new Set(namesOf(it.parameters, 'name'))]),
    ),
    migrationCapabilities: new Set(namesOf(migration, 'capability')),
    accelerators: new Set<Accelerator>([
      ...(recordOf(kvm).enabled === true ? (['kvm'] as const) : []),
      ...(hasHvf ? (['hvf'] as const) : []),
      ...(types.has('tcg-accel') ? (['tcg'] as const) : []),
    ]),
    properties: (typeName) => properties.get(typeName) ?? NO_PROPERTIES,
  };
}

const NO_PROPERTIES: ReadonlyMap<string, PropertyFact> = new Map();

async function askProperties(
  conversation: Conversation,
  types: ReadonlySet<string>,
  qemuArch: string,
): Promise<ReadonlyMap<string, ReadonlyMap<string, PropertyFact>>> {
  const objects = [...OBJECTS_WITH_PROPERTIES, `max-${qemuArch}-cpu`, ANY_MACHINE, PC_MACHINE];
  const wanted = [
    ...DEVICES_WITH_PROPERTIES.map((typename) => ({ command: 'device-list-properties', typename })),
    ...objects.map((typename) => ({ command: 'qom-list-properties', typename })),
  ].filter(({ typename }) => types.has(typename) || typename === PC_MACHINE);
  const found = wanted.map(async ({ command, typename }) => {
    const reply = await conversation.ask(command, { typename });
    return [typename, propertiesOf(reply)] as const;
  });
  return new Map(await Promise.all(found));
}

function propertiesOf(reply: unknown): ReadonlyMap<string, PropertyFact> {
  return new Map(
    listOf(reply).map((it) => [
      String(it.name),
      { type: String(it.type), defaultValue: it['default-value'] },
    ]),
  );
}

async function askAccelerator(
  conversation: Conversation,
  accelerator: Accelerator,
  flags: readonly string[],
): Promise<ProbedAccelerator> {
  const model = accelerator === 'tcg' ? 'max' : 'host';
  const expand = async (props: object) =>
    flags.includes('query-cpu-model-expansion')
      ? conversation.ask('query-cpu-model-expansion', { type: 'static', model: { name: model, ...props } })
      : undefined;
  const tellsMigratable = flags.includes('cpu.migratable');
  const [machines, models, migratable, whole] = await Promise.all([
    conversation.ask('query-machines'),
    conversation.ask('query-cpu-definitions'),
    expand({}),
    tellsMigratable ? expand({ props: { migratable: false } }) : undefined,
  ]);
  return {
    accelerator,
    hostCpu: hostCpuOf(migratable, whole),
    cpuModels: cpuModelsOf(models),
    machines: machinesOf(machines),
  };
}

async function askEnlightenments(
  conversation: Conversation,
  accelerator: Accelerator,
  flags: readonly string[],
): Promise<readonly string[] | undefined> {
  if (!flags.includes('query-cpu-model-expansion')) return undefined;
  const name = accelerator === 'tcg' ? 'max' : 'host';
  const props = { migratable: false, 'hv-passthrough': true };
  return hypervOf(
    await conversation.ask('query-cpu-model-expansion', { type: 'full', model: { name, props } }),
  );
}
