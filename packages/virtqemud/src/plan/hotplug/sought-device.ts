import { type Domain, formatDomain, parseDomainNode } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { childOf, readXml } from '@modvirt/core/xml';
import { readDevice } from './insert-device.js';
import {
  type DeviceKind,
  devicesOf,
  kindOfElement,
  type PluggedDevice,
  withDevices,
} from './plugged-device.js';

const WITHOUT: readonly DeviceKind[] = ['leases', 'serials', 'parallels', 'consoles', 'hostdevs'];

/**
 * A device that a document names: as it is written there, with what every hypervisor takes for granted, but without a place of
 * its own and unchecked, for it may be one that is there.
 */
export function soughtDevice(domain: Domain, xml: string, newUuid: () => Uuid): PluggedDevice {
  const { node, element } = readDevice(xml);
  const kind = kindOfElement(element)?.kind ?? 'disks';
  // Alone of its kind, nothing is in its way.
  let around = withDevices(domain, kind, []);
  for (const it of WITHOUT) around = withDevices(around, it, []);
  const text = formatDomain(around, { inactive: true, secure: true, status: false });
  const root = readXml(text, { source: 'domain_definition', domain: 'DOMAIN' });
  const devices = childOf(root, 'devices');
  const filled = devices && { ...devices, children: [...devices.children, node] };
  const whole = parseDomainNode(
    { ...root, children: root.children.map((it) => (it === devices && filled ? filled : it)) },
    { newUuid, inactive: false },
  );
  const [found] = devicesOf(whole, kind);
  if (found === undefined) throw new Error(`${element} was not read`);
  return found;
}

/** The document with the address that a new network card got. */
export function withMac(xml: string, { kind, device }: PluggedDevice): string {
  if (kind !== 'interfaces' || device.mac === undefined || /<mac\s/.test(xml)) return xml;
  return xml.replace(/(<interface\b[^>]*>)/, `$1<mac address='${device.mac.address}'/>`);
}
