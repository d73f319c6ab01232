import { VirError } from '@modvirt/core/errors';
import { type Domain, formatDomain, parseDomainNode } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { attributeOf, childOf, readXml, type XmlElement, type XmlNode } from '@modvirt/core/xml';
import { diskIndex } from '../definition/disk-names.js';
import type { Disk } from '../definition/types.js';
import { allDevices, devicesOf, kindOfElement, type PluggedDevice, withDevices } from './plugged-device.js';

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

/** A device as a document of its own. @throws VirError XML_ERROR for what is none */
export function readDevice(xml: string): { readonly node: XmlElement; readonly element: string } {
  const node = readXml(xml, { source: 'device_definition', domain: 'DOMAIN' });
  if (kindOfElement(node.local) === undefined) {
    throw VirError.of('XML_ERROR', `unknown device type '${node.local}'`, { domain: 'DOMAIN' });
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
  const text = formatDomain(domain, { inactive: !isLive, secure: true, status: isLive });
  const root = readXml(text, { source: 'domain_definition', domain: 'DOMAIN' });
  const whole = parseDomainNode(withChild(root, freshDevice(node)), {
    newUuid,
    ...(isLive ? { status: true } : { inactive: true }),
    postParse: complete,
    driverCheck: check,
  });
  const before = devicesOf(domain, kind).length;
  const found = devicesOf(whole, kind)[before];
  if (found === undefined) throw VirError.of('OPERATION_INVALID', 'device cannot be added to the domain');
  const added = newControllers(domain, whole, found);
  if (!isLive) return { domain: sortedDisks(whole, found), device: found, added };
  return { domain: sortedDisks(grafted(domain, [...added, found]), found), device: found, added };
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
