import { VirError } from '@modvirt/core/errors';
import {
  attr,
  attributeOf,
  childOf,
  children,
  childrenOf,
  element,
  expectRoot,
  formatLive,
  leaf,
  oneOf,
  optional,
  readXml,
  string,
  textOf,
  uint,
  uint64,
  type XmlElement,
  XmlWriter,
  yesNo,
} from '@modvirt/core/xml';
import type { Accelerator } from '../plan/qemu-caps.js';
import type {
  ProbedAccelerator,
  ProbedCpuModel,
  ProbedCpuProperty,
  ProbedHostCpu,
  ProbedMachine,
  ProbeResult,
} from './probe-result.js';

// The capability cache's file, in libvirt's form.

/** What an answer holds for: when any of this differs, the emulator is asked again. Times are in seconds. */
export interface CacheStamp {
  readonly emulator: string;
  readonly emulatorChanged: bigint;
  /** When a module was last put beside the emulator; absent where it has none. */
  readonly modulesModified?: bigint;
  /** When this program was installed, and its version as a number. */
  readonly selfChanged: bigint;
  readonly selfVersion: bigint;
  readonly microcode: bigint;
  /** With KVM only: what the kernel says of itself and of the CPU. */
  readonly kernel?: string;
  readonly hostCpu?: HostCpuSignature;
}

export interface HostCpuSignature {
  readonly vendor: string;
  readonly name: string;
  readonly family: number;
  readonly model: number;
  readonly stepping: number;
}

const accelerator = oneOf('kvm', 'hvf', 'tcg');
const property = element('property', {
  name: attr(string),
  type: attr(oneOf('boolean', 'number', 'string')),
  value: attr(string),
  migratable: optional(attr(yesNo)),
});
const hostCpu = element('hostCPU', {
  type: attr(accelerator),
  model: attr(string),
  migratability: attr(yesNo),
  properties: children(property),
});
const cpu = element('cpu', {
  type: attr(accelerator),
  name: attr(string),
  typename: optional(attr(string)),
  usable: optional(attr(yesNo)),
  deprecated: optional(attr(yesNo)),
  blockers: children(element('blocker', { name: attr(string) })),
});
const machine = element('machine', {
  type: attr(accelerator),
  name: attr(string),
  alias: optional(attr(string)),
  hotplugCpus: optional(attr(yesNo)),
  maxCpus: attr(uint()),
  default: optional(attr(yesNo)),
  defaultCPU: optional(attr(string)),
  numaMemSupported: optional(attr(yesNo)),
  defaultRAMid: optional(attr(string)),
  deprecated: optional(attr(yesNo)),
  acpi: optional(attr(yesNo)),
});
const signature = element('hostCPUSignature', {
  vendor: attr(string),
  name: attr(string),
  family: attr(uint()),
  model: attr(uint()),
  stepping: attr(uint()),
});
const sev = element('sev', {
  cbitpos: leaf(uint()),
  reducedPhysBits: leaf(uint()),
  pdh: leaf(string),
  certChain: leaf(string),
  cpu0Id: optional(leaf(string)),
});
const section = element('section', { node: attr(uint()), size: attr(uint64()), unit: attr(string) });
const sgx = element('sgx', {
  supported: attr(yesNo),
  flc: leaf(yesNo),
  sgx1: leaf(yesNo),
  sgx2: leaf(yesNo),
  section_size: leaf(uint64()),
});
const hyperv = element('hypervCapabilities', {
  supported: attr(yesNo),
  caps: children(element('cap', { name: attr(string) })),
});
const flagElement = element('flag', { name: attr(string) });

export function formatCacheFile(stamp: CacheStamp, result: ProbeResult): string {
  const writer = new XmlWriter();
  writer.element('qemuCaps', 'spread', () => {
    writer.leaf('emulator', stamp.emulator);
    writer.leaf('qemuctime', String(stamp.emulatorChanged));
    if (stamp.modulesModified !== undefined) writer.leaf('qemumoddirmtime', String(stamp.modulesModified));
    writer.leaf('selfctime', String(stamp.selfChanged));
    writer.leaf('selfvers', String(stamp.selfVersion));
    for (const name of result.flags) flagElement.write(writer, { name }, formatLive);
    writer.leaf('version', String(result.version));
    writer.leaf('microcodeVersion', String(stamp.microcode));
    if (stamp.hostCpu !== undefined) signature.write(writer, stamp.hostCpu, formatLive);
    if (result.package !== '') writer.leaf('package', result.package);
    if (stamp.kernel !== undefined) writer.leaf('kernelVersion', stamp.kernel);
    writer.leaf('arch', result.arch);
    for (const it of result.accelerators) writeAccelerator(writer, it);
    writeEnclaves(writer, result);
    if (result.hyperv !== undefined) {
      hyperv.write(writer, { supported: true, caps: result.hyperv.map((name) => ({ name })) }, formatLive);
    }
  });
  return writer.toString();
}

function writeAccelerator(writer: XmlWriter, from: ProbedAccelerator): void {
  const type = from.accelerator;
  if (from.hostCpu !== undefined) {
    const { properties, ...rest } = from.hostCpu;
    hostCpu.write(writer, { ...rest, type, properties: properties.map(propertyToXml) }, formatLive);
  }
  for (const it of from.cpuModels) cpu.write(writer, cpuToXml(type, it), formatLive);
  for (const it of from.machines) machine.write(writer, machineToXml(type, it), formatLive);
}

function propertyToXml({ name, value, migratable }: ProbedCpuProperty) {
  const type = typeof value === 'bigint' ? ('number' as const) : typeof value;
  return {
    name,
    type: type === 'boolean' || type === 'number' ? type : ('string' as const),
    value: String(value),
    ...(migratable === undefined ? {} : { migratable }),
  };
}

function cpuToXml(type: Accelerator, it: ProbedCpuModel) {
  return {
    type,
    name: it.name,
    ...(it.type === undefined ? {} : { typename: it.type }),
    ...(it.usable === undefined ? {} : { usable: it.usable }),
    ...(it.deprecated ? { deprecated: true } : {}),
    blockers: it.blockers.map((name) => ({ name })),
  };
}

function machineToXml(type: Accelerator, it: ProbedMachine) {
  return {
    type,
    name: it.name,
    ...(it.alias === undefined ? {} : { alias: it.alias }),
    ...(it.hotplugCpus ? { hotplugCpus: true } : {}),
    maxCpus: it.maxCpus,
    ...(it.isDefault ? { default: true } : {}),
    ...(it.defaultCpu === undefined ? {} : { defaultCPU: it.defaultCpu }),
    ...(it.numaMemSupported ? { numaMemSupported: true } : {}),
    ...(it.defaultRamId === undefined ? {} : { defaultRAMid: it.defaultRamId }),
    ...(it.deprecated ? { deprecated: true } : {}),
    ...(it.acpi === undefined ? {} : { acpi: it.acpi }),
  };
}

function writeEnclaves(writer: XmlWriter, result: ProbeResult): void {
  if (result.sev !== undefined) sev.write(writer, result.sev, formatLive);
  const { sgx: found } = result;
  if (found === undefined) return;
  writer.element('sgx', 'keep', () => {
    writer.attribute('supported', 'yes');
    for (const name of ['flc', 'sgx1', 'sgx2'] as const) writer.leaf(name, yesNo.format(found[name]));
    writer.element('section_size', 'keep', () => {
      writer.attribute('unit', 'KiB');
      writer.text(String(found.sectionSizeKiB));
    });
    writer.element('sections', 'drop', () => {
      for (const { node, sizeKiB } of found.sections) {
        section.write(writer, { node, size: sizeKiB, unit: 'KiB' }, formatLive);
      }
    });
  });
}

/** @throws VirError XML_ERROR when it is no such file */
export function parseCacheFile(text: string): { readonly stamp: CacheStamp; readonly result: ProbeResult } {
  const root = expectRoot(readXml(text, { source: 'qemuCaps', domain: 'QEMU' }), 'qemuCaps');
  const hypervNode = childOf(root, hyperv.name);
  const sevNode = childOf(root, sev.name);
  const sgxFound = readSgx(childOf(root, sgx.name));
  return {
    stamp: readStamp(root),
    result: {
      arch: leafOf(root, 'arch'),
      version: Number(leafOf(root, 'version')),
      package: textOfChild(root, 'package') ?? '',
      flags: childrenOf(root, flagElement.name).map((it) => attributeOf(it, 'name') ?? ''),
      accelerators: readAccelerators(root),
      ...(sevNode === undefined ? {} : { sev: sev.parse(sevNode) }),
      ...(sgxFound === undefined ? {} : { sgx: sgxFound }),
      ...(hypervNode === undefined ? {} : { hyperv: hyperv.parse(hypervNode).caps.map((it) => it.name) }),
    },
  };
}

function textOfChild(root: XmlElement, name: string): string | undefined {
  const found = childOf(root, name);
  return found === undefined ? undefined : textOf(found);
}

function leafOf(root: XmlElement, name: string): string {
  const found = textOfChild(root, name);
  if (found === undefined) throw VirError.of('XML_ERROR', `missing ${name} in QEMU capabilities cache`);
  return found;
}

function numberOf(root: XmlElement, name: string): bigint {
  const value = uint64().parse(leafOf(root, name));
  if (value === undefined) throw VirError.of('XML_ERROR', `malformed ${name} in QEMU capabilities cache`);
  return value;
}

function readStamp(root: XmlElement): CacheStamp {
  const hasModules = childOf(root, 'qemumoddirmtime') !== undefined;
  const kernel = textOfChild(root, 'kernelVersion');
  const signatureNode = childOf(root, signature.name);
  return {
    emulator: leafOf(root, 'emulator'),
    emulatorChanged: numberOf(root, 'qemuctime'),
    ...(hasModules ? { modulesModified: numberOf(root, 'qemumoddirmtime') } : {}),
    selfChanged: numberOf(root, 'selfctime'),
    selfVersion: numberOf(root, 'selfvers'),
    microcode: numberOf(root, 'microcodeVersion'),
    ...(kernel === undefined ? {} : { kernel }),
    ...(signatureNode === undefined ? {} : { hostCpu: signature.parse(signatureNode) }),
  };
}

function readAccelerators(root: XmlElement): readonly ProbedAccelerator[] {
  const cpus = childrenOf(root, hostCpu.name).map((it) => hostCpu.parse(it));
  const models = childrenOf(root, cpu.name).map((it) => cpu.parse(it));
  const machines = childrenOf(root, machine.name).map((it) => machine.parse(it));
  const order: readonly Accelerator[] = ['kvm', 'hvf', 'tcg'];
  return order
    .map((type) => {
      const host = cpus.find((it) => it.type === type);
      return {
        accelerator: type,
        hostCpu: host === undefined ? undefined : hostCpuFromXml(host),
        cpuModels: models.filter((it) => it.type === type).map(cpuFromXml),
        machines: machines.filter((it) => it.type === type).map(machineFromXml),
      };
    })
    .filter((it) => it.machines.length > 0 || it.cpuModels.length > 0);
}

function hostCpuFromXml(from: ReturnType<typeof hostCpu.parse>): ProbedHostCpu {
  const { model, migratability } = from;
  const properties = from.properties.map(({ name, type, value, migratable }) => ({
    name,
    value: type === 'boolean' ? value === 'true' : type === 'number' ? BigInt(value) : value,
    ...(migratable === undefined ? {} : { migratable }),
  }));
  return { model, migratability, properties };
}

function cpuFromXml(from: ReturnType<typeof cpu.parse>): ProbedCpuModel {
  return {
    name: from.name,
    ...(from.typename === undefined ? {} : { type: from.typename }),
    usable: from.usable,
    blockers: from.blockers.map((it) => it.name),
    deprecated: from.deprecated === true,
  };
}

function machineFromXml(from: ReturnType<typeof machine.parse>): ProbedMachine {
  return {
    name: from.name,
    maxCpus: from.maxCpus,
    hotplugCpus: from.hotplugCpus === true,
    isDefault: from.default === true,
    numaMemSupported: from.numaMemSupported === true,
    deprecated: from.deprecated === true,
    ...(from.alias === undefined ? {} : { alias: from.alias }),
    ...(from.defaultCPU === undefined ? {} : { defaultCpu: from.defaultCPU }),
    ...(from.defaultRAMid === undefined ? {} : { defaultRamId: from.defaultRAMid }),
    ...(from.acpi === undefined ? {} : { acpi: from.acpi }),
  };
}

function readSgx(node: XmlElement | undefined): ProbeResult['sgx'] {
  if (node === undefined) return undefined;
  const { supported: _, section_size, ...bits } = sgx.parse(node);
  const list = childOf(node, 'sections');
  const sections = list === undefined ? [] : childrenOf(list, section.name).map((it) => section.parse(it));
  return {
    ...bits,
    sectionSizeKiB: section_size,
    sections: sections.map(({ node: id, size }) => ({ node: id, sizeKiB: size })),
  };
}
