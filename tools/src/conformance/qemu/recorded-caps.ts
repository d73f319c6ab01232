import { attributeOf, childOf, childrenOf, readXml, textOf, type XmlElement } from '@modvirt/core/xml';
import type { Accelerator, CpuModelInfo, MachineType, QemuCaps, QemuHostCpu } from '@modvirt/virtqemud/plan';

interface Change {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Reads the capabilities of one emulator from libvirt's cache file. */
export function readRecordedCaps(text: string, change: Change): QemuCaps {
  const root = readXml(text, { source: 'qemuCaps', domain: 'QEMU' });
  const flags = new Set(childrenOf(root, 'flag').map((it) => attributeOf(it, 'name') ?? ''));
  for (const name of change.add) flags.add(name);
  for (const name of change.remove) flags.delete(name);
  const types = new Set(childrenOf(root, 'machine').map((it) => attributeOf(it, 'type') ?? ''));
  return {
    emulator: leaf(root, 'emulator'),
    arch: leaf(root, 'arch'),
    version: Number(leaf(root, 'version')),
    has: (flag) => flags.has(flag),
    supports: (accelerator) => types.has(accelerator),
    machines: (accelerator) => ofType(root, 'machine', accelerator).map(machine),
    cpuModels: (accelerator) => ofType(root, 'cpu', accelerator).map(cpuModel),
    hostCpu: (accelerator) => ofType(root, 'hostCPU', accelerator).map(hostCpu)[0],
    hypervFeatures: hypervFeatures(root),
  };
}

function leaf(root: XmlElement, name: string): string {
  const found = childOf(root, name);
  return found === undefined ? '' : textOf(found);
}

function ofType(root: XmlElement, name: string, accelerator: Accelerator): readonly XmlElement[] {
  return childrenOf(root, name).filter((it) => attributeOf(it, 'type') === accelerator);
}

function isYes(node: XmlElement, name: string): boolean {
  return attributeOf(node, name) === 'yes';
}

function machine(node: XmlElement): MachineType {
  const acpi = attributeOf(node, 'acpi');
  return {
    name: attributeOf(node, 'name') ?? '',
    alias: attributeOf(node, 'alias'),
    maxCpus: Number(attributeOf(node, 'maxCpus') ?? 0),
    hotplugCpus: isYes(node, 'hotplugCpus'),
    isDefault: isYes(node, 'default'),
    defaultCpu: attributeOf(node, 'defaultCPU'),
    numaMemSupported: isYes(node, 'numaMemSupported'),
    defaultRamId: attributeOf(node, 'defaultRAMid'),
    deprecated: isYes(node, 'deprecated'),
    acpi: acpi === undefined ? undefined : acpi === 'yes',
  };
}

function cpuModel(node: XmlElement): CpuModelInfo {
  const usable = attributeOf(node, 'usable');
  return {
    name: attributeOf(node, 'name') ?? '',
    usable: usable === undefined ? undefined : usable === 'yes',
    blockers: childrenOf(node, 'blocker').map((it) => attributeOf(it, 'name') ?? ''),
    vendor: attributeOf(node, 'vendor'),
  };
}

function hostCpu(node: XmlElement): QemuHostCpu {
  const properties = childrenOf(node, 'property').map((property) => {
    const migratable = attributeOf(property, 'migratable');
    return {
      name: attributeOf(property, 'name') ?? '',
      value: propertyValue(property),
      ...(migratable === undefined ? {} : { migratable: migratable === 'yes' }),
    };
  });
  const model = attributeOf(node, 'model') ?? '';
  return { model, migratability: isYes(node, 'migratability'), properties };
}

function propertyValue(property: XmlElement): boolean | string | bigint {
  const value = attributeOf(property, 'value') ?? '';
  switch (attributeOf(property, 'type')) {
    case 'boolean':
      return value === 'true';
    case 'number':
      return BigInt(value);
    default:
      return value;
  }
}

function hypervFeatures(root: XmlElement): readonly string[] {
  const node = childOf(root, 'hypervCapabilities');
  return node === undefined ? [] : childrenOf(node, 'cap').map((it) => attributeOf(it, 'name') ?? '');
}
