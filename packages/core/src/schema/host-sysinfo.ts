import { attr, text } from '../xml/attribute.js';
import { formatLive } from '../xml/context.js';
import { children, element, type Infer, within } from '../xml/element.js';
import { oneOf, string } from '../xml/scalars.js';

const entry = element('entry', { name: attr(string), value: text(string) });
const entries = { entries: children(entry) };

const root = element('sysinfo', {
  type: attr(oneOf('smbios')),
  bios: within('bios', children(entry)),
  system: within('system', children(entry)),
  baseBoards: children(element('baseBoard', entries)),
  chassis: within('chassis', children(entry)),
  processors: children(element('processor', entries)),
  memoryDevices: children(element('memory_device', entries)),
  oemStrings: within('oemStrings', children(element('entry', { value: text(string) }))),
});

/** `<sysinfo>` of a host: what its firmware says of it. */
export type HostSysinfo = Infer<typeof root>;

export function formatHostSysinfo(sysinfo: HostSysinfo): string {
  return root.format(sysinfo, formatLive);
}
