import { VirError } from '@modvirt/core/errors';
import { type Domain, formatDomain, parseDomainNode, toBytes } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { attributeOf, childOf, readXml, textOf, type XmlElement, type XmlNode } from '@modvirt/core/xml';
import { diskIndex } from '../definition/disk-names.js';
import type { Disk } from '../definition/types.js';
import {
  aliasIn,
  allDevices,
  type DeviceKind,
  devicesOf,
  kindOfElement,
  type PluggedDevice,
  withDevices,
  withReplaced,
} from './plugged-device.js';

export interface InsertOptions {
  /** Into the definition of a guest that runs: what it has stays as it is. */
  readonly isLive: boolean;
  readonly newUuid: () => Uuid;
  /** What a hypervisor takes for granted. */
  readonly complete: (domain: Domain) => Domain;
  readonly check: (domain: Domain) => void;
}

export interface Inserted {
  readonly domain: Domain;
  readonly device: PluggedDevice;
  /** What must be there for it, and was not: in the order in which it is needed. */
  readonly added: readonly PluggedDevice[];
}

/** A device as a document of its own. @throws VirError CONFIG_UNSUPPORTED for what is none */
export function readDevice(xml: string): { readonly node: XmlElement; readonly element: string } {
  const node = readXml(xml, { source: 'device_definition', domain: 'DOMAIN' });
  if (kindOfElement(node.local) === undefined) {
    throw VirError.of('CONFIG_UNSUPPORTED', `unknown device type '${node.local}'`, { domain: 'QEMU' });
  }
  return { node, element: node.local };
}

/**
 * Reads a device as a part of `domain`: completed, checked and with its place, as if it had been there from the beginning.
 *
 * @throws VirError what is wrong with it, or with both of them together
 */
export function insertDevice(domain: Domain, xml: string, options: InsertOptions): Inserted {
  const { node, element } = readDevice(xml);
  const row = kindOfElement(element);
  if (row === undefined) throw new Error(element);
  const { kind } = row;
  const { isLive, newUuid, complete, check } = options;
  const text = formatDomain(roomFor(domain, node, kind), { inactive: !isLive, secure: true, status: isLive });
  const root = readXml(text, { source: 'domain_definition', domain: 'DOMAIN' });
  const whole = parseDomainNode(withChild(root, marked(freshDevice(node), kind)), {
    newUuid,
    ...(isLive ? { status: true } : { inactive: true }),
    postParse: complete,
    driverCheck: check,
  });
  const read =
    devicesOf(whole, kind).find((it) => aliasIn(it) === markOf(node)) ?? devicesOf(whole, kind).at(-1);
  if (read === undefined) throw VirError.of('OPERATION_INVALID', 'device cannot be added to the domain');
  const device = unmarked(read);
  const unsorted = withReplaced(whole, read, device.device);
  const found = devicesOf(unsorted, kind).find((it) => it.device === device.device) ?? device;
  const added = newControllers(domain, unsorted, found);
  if (!isLive) return { domain: sortedDisks(unsorted, found), device: found, added };
  const { memory, currentMemory } = whole;
  const before = kind === 'memories' ? { ...domain, memory, currentMemory } : domain;
  return { domain: sortedDisks(grafted(before, [...added, found]), found), device: found, added };
}

/** Kinds of which there is one at most: what is there is not in the way of being read. */
const SINGLE: ReadonlySet<DeviceKind> = new Set(['memballoon', 'nvram', 'iommu', 'pstore', 'vsock']);

function roomFor(domain: Domain, node: XmlElement, kind: DeviceKind): Domain {
  if (SINGLE.has(kind)) return withDevices(domain, kind, []);
  if (kind !== 'memories') return domain;
  const target = childOf(node, 'target');
  const size = target && childOf(target, 'size');
  const read = size === undefined ? undefined : memorySize(textOf(size), attributeOf(size, 'unit') ?? 'KiB');
  if (read === undefined) return domain;
  const { memory, currentMemory } = domain;
  const more = { sizeKiB: memory.sizeKiB + read };
  return { ...domain, memory: { ...memory, ...more }, currentMemory: currentMemory + read } as Domain;
}

/** KiB that a size in a document means; undefined where it means none, which is said when it is read. */
function memorySize(text: string, unit: string): bigint | undefined {
  if (!/^\s*\d+\s*$/.test(text)) return undefined;
  try {
    return toBytes(BigInt(text.trim()), unit) / 1024n;
  } catch {
    return undefined;
  }
}

/** A name by which a device is found again in what was read. */
const MARK = 'ua-plugged-in-just-now';

function marked(node: XmlElement, kind: DeviceKind): XmlElement {
  if (kind === 'leases' || markOf(node) !== MARK) return node;
  const { node: alias } = { node: readXml(`<alias name='${MARK}'/>`, { source: 'alias', domain: 'DOMAIN' }) };
  return { ...node, children: [...node.children, alias] };
}

/** The name that a user chose finds it as well. */
function markOf(node: XmlElement): string {
  const alias = childOf(node, 'alias');
  const name = alias && attributeOf(alias, 'name');
  return name?.startsWith('ua-') === true ? name : MARK;
}

function unmarked(read: PluggedDevice): PluggedDevice {
  if (aliasIn(read) !== MARK) return read;
  const { alias: _mark, ...device } = read.device as { readonly alias?: string };
  return { kind: read.kind, device } as PluggedDevice;
}

/** What only running guests have comes with running. Names that users chose are theirs. */
function freshDevice(node: XmlElement): XmlElement {
  const children = node.children.filter((it) => {
    if (it.kind !== 'element') return true;
    if (it.local !== 'alias') return it.local !== 'privateData';
    return attributeOf(it, 'name')?.startsWith('ua-') === true;
  });
  return { ...node, children: children.map(withoutIndex) };
}

function withoutIndex(node: XmlNode): XmlNode {
  if (node.kind !== 'element' || node.local !== 'source') return node;
  return { ...node, attributes: node.attributes.filter((it) => it.name !== 'index') };
}

function withChild(root: XmlElement, device: XmlElement): XmlElement {
  const devices = childOf(root, 'devices');
  if (devices === undefined) throw new Error('a domain has devices');
  const changed = { ...devices, children: [...devices.children, device] };
  return { ...root, children: root.children.map((it) => (it === devices ? changed : it)) };
}

type Controller = Extract<PluggedDevice, { kind: 'controllers' }>;

function newControllers(before: Domain, after: Domain, found: PluggedDevice): readonly PluggedDevice[] {
  const key = ({ type, index, model }: Controller['device']): string =>
    `${type} ${index ?? 0} ${type === 'usb' ? (model ?? '') : ''}`;
  const known = new Set(before.devices.controllers.map(key));
  return devicesOf(after, 'controllers').filter(
    (it) => it.kind === 'controllers' && it.device !== found.device && !known.has(key(it.device)),
  );
}

function grafted(domain: Domain, added: readonly PluggedDevice[]): Domain {
  let result = domain;
  for (const { kind, device } of added) {
    const list = devicesOf(result, kind).map((it) => it.device);
    result = withDevices(result, kind, [...list, device]);
  }
  return result;
}

/** Disks stand behind those of their bus whose names come before theirs. */
function sortedDisks(domain: Domain, { kind, device }: PluggedDevice): Domain {
  if (kind !== 'disks') return domain;
  const others = domain.devices.disks.filter((it) => it !== device);
  let at = -1;
  for (const [index, it] of [...others.entries()].reverse()) {
    if (it.target.bus !== device.target.bus) continue;
    if (numberOf(it) > numberOf(device)) at = index;
    else if (at === -1) at = index + 1;
  }
  const place = at === -1 ? others.length : at;
  return withDevices(domain, 'disks', others.toSpliced(place, 0, device));
}

const numberOf = ({ target }: Disk): number => diskIndex(target.dev) ?? 0;

/** The device of a domain with that alias. */
export function deviceByAlias(domain: Domain, alias: string): PluggedDevice | undefined {
  return allDevices(domain).find(({ device }) => 'alias' in device && device.alias === alias);
}
