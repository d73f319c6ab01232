import { attr, flag, leaf, text } from '../xml/attribute.js';
import { formatLive } from '../xml/context.js';
import { child, children, element, expectRoot, type Infer, within } from '../xml/element.js';
import { optional, withDefault } from '../xml/field.js';
import { readXml } from '../xml/reader.js';
import { int, oneOf, onOff, string, uint, uint64, uuid, yesNo } from '../xml/scalars.js';
import { XmlWriter } from '../xml/writer.js';
import { numberSet } from './bitmap.js';
import { cpuTopology, maxphysaddr, numaDistances, numaInterconnects } from './cpu.js';

const pages = element('pages', { unit: attr(string), size: attr(uint64()) });

/** `<cpu>` of the host. */
export const hostCpu = element('cpu', {
  arch: leaf(string),
  model: optional(leaf(string)),
  vendor: optional(leaf(string)),
  microcode: optional(child(element('microcode', { version: attr(uint()) }))),
  signature: optional(
    child(element('signature', { family: attr(uint()), model: attr(uint()), stepping: attr(uint()) })),
  ),
  counter: optional(
    child(
      element('counter', {
        name: attr(string),
        frequency: attr(uint64('Hz')),
        scaling: optional(attr(yesNo)),
      }),
    ),
  ),
  topology: optional(child(cpuTopology)),
  maxphysaddr: optional(child(maxphysaddr)),
  features: children(element('feature', { name: attr(string) })),
  pages: children(pages),
});
export type HostCpu = Infer<typeof hostCpu>;

const sizeWithUnit = { size: attr(uint64()), unit: attr(string) };
const cacheType = oneOf('both', 'code', 'data');

const hostNumaCache = element('cache', {
  level: attr(uint()),
  associativity: attr(oneOf('none', 'direct', 'full')),
  policy: attr(oneOf('none', 'writeback', 'writethrough')),
  size: child(element('size', { value: attr(uint64()), unit: attr(string) })),
  line: child(element('line', { value: attr(uint64()), unit: attr(string) })),
});

const cellCpu = element('cpu', {
  id: attr(uint()),
  socket_id: optional(attr(uint())),
  die_id: optional(attr(uint())),
  cluster_id: optional(attr(uint())),
  core_id: optional(attr(uint())),
  siblings: optional(attr(numberSet)),
});

const cell = element('cell', {
  id: attr(uint()),
  memory: optional(child(element('memory', { unit: attr(string), size: text(uint64()) }))),
  pages: children(element('pages', { unit: attr(string), size: attr(uint64()), count: text(uint64()) })),
  distances: numaDistances,
  caches: children(hostNumaCache),
  cpus: child(element('cpus', { num: attr(uint()), cpus: children(cellCpu) }, { whenEmpty: 'spread' })),
});

const topology = element('topology', {
  cells: child(element('cells', { num: attr(uint()), cells: children(cell) })),
  interconnects: numaInterconnects,
});

const monitor = element('monitor', {
  level: optional(attr(uint())),
  reuseThreshold: optional(attr(uint())),
  maxMonitors: attr(uint()),
  features: children(element('feature', { name: attr(string) })),
});

const cacheControl = element('control', {
  granularity: attr(uint64()),
  min: optional(attr(uint64())),
  unit: attr(string),
  type: attr(cacheType),
  maxAllocs: attr(uint()),
});
const bank = element('bank', {
  id: attr(uint()),
  level: attr(uint()),
  type: attr(cacheType),
  ...sizeWithUnit,
  cpus: attr(numberSet),
  controls: children(cacheControl),
});

const bandwidthControl = element('control', {
  granularity: attr(uint()),
  min: optional(attr(uint())),
  maxAllocs: attr(uint()),
});
const bandwidthNode = element('node', {
  id: attr(uint()),
  cpus: attr(numberSet),
  controls: children(bandwidthControl),
});

const secmodel = element('secmodel', {
  model: leaf(string),
  doi: leaf(string),
  baselabels: children(element('baselabel', { type: attr(string), label: text(string) })),
});

const migrationFeatures = element('migration_features', {
  live: flag(),
  uri_transports: within('uri_transports', children(element('uri_transport', { name: text(string) }))),
});

/** `<host>`: what the machine is. */
export const host = element('host', {
  uuid: optional(leaf(uuid)),
  cpu: child(hostCpu),
  power_management: optional(
    child(
      element(
        'power_management',
        { suspend_mem: flag(), suspend_disk: flag(), suspend_hybrid: flag() },
        { whenEmpty: 'keep' },
      ),
    ),
  ),
  iommu: optional(child(element('iommu', { support: attr(yesNo) }))),
  migration_features: optional(child(migrationFeatures)),
  topology: optional(child(topology)),
  cache: optional(child(element('cache', { banks: children(bank), monitor: optional(child(monitor)) }))),
  memory_bandwidth: optional(
    child(element('memory_bandwidth', { nodes: children(bandwidthNode), monitor: optional(child(monitor)) })),
  ),
  secmodels: children(secmodel),
});
export type HostCapabilities = Infer<typeof host>;

const machine = element('machine', {
  canonical: optional(attr(string)),
  maxCpus: optional(attr(uint(), { absent: '0' })),
  deprecated: optional(attr(yesNo)),
  name: text(string),
});

const guestDomain = element('domain', {
  type: attr(string),
  emulator: optional(leaf(string)),
  loader: optional(leaf(string)),
  machines: children(machine),
});

const arch = element('arch', {
  name: attr(string),
  wordsize: leaf(int()),
  emulator: optional(leaf(string)),
  loader: optional(leaf(string)),
  machines: children(machine),
  domains: children(guestDomain),
});

/** A feature of the machine with its default, and whether a guest may choose. */
function toggled(name: string) {
  return optional(child(element(name, { default: attr(onOff), toggle: withDefault(attr(yesNo), false) })));
}

const features = element('features', {
  pae: flag(),
  nonpae: flag(),
  ia64_be: flag(),
  acpi: toggled('acpi'),
  apic: toggled('apic'),
  cpuselection: flag(),
  deviceboot: flag(),
  disksnapshot: toggled('disksnapshot'),
  hap: toggled('hap'),
  externalSnapshot: flag(),
});

/** `<guest>`: one kind of guest that can be run. */
export const guest = element('guest', {
  os_type: leaf(string),
  arch: child(arch),
  features: optional(child(features)),
});
export type GuestCapabilities = Infer<typeof guest>;

const root = element('capabilities', { host: child(host), guests: children(guest) });

/** What the host is and which guests it can run. */
export type Capabilities = Infer<typeof root>;

/** @throws VirError when the document is no capabilities */
export function parseCapabilities(source: string): Capabilities {
  const node = readXml(source, { source: 'capabilities', domain: 'CAPABILITIES' });
  return root.parse(expectRoot(node, 'capabilities'));
}

/** The document; a blank line sets its parts apart, as clients have always seen it. */
export function formatCapabilities(value: Capabilities): string {
  const part = (write: (writer: XmlWriter) => void): string => {
    const writer = new XmlWriter('  ');
    write(writer);
    return `${writer.toString()}\n`;
  };
  const parts = [
    part((writer) => host.write(writer, value.host, formatLive)),
    ...value.guests.map((it) => part((writer) => guest.write(writer, it, formatLive))),
  ];
  return `<capabilities>\n\n${parts.join('')}</capabilities>\n`;
}
