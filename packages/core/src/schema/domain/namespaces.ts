import { attr, text } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, string } from '../../xml/scalars.js';
import type { Namespace } from '../../xml/shape.js';

// What one hypervisor's users may say beyond the common schema, each in a namespace of its own.

export const qemuNamespace: Namespace = { prefix: 'qemu', uri: 'http://libvirt.org/schemas/domain/qemu/1.0' };
const qemu = { namespace: qemuNamespace };
export const xenNamespace: Namespace = { prefix: 'xen', uri: 'http://libvirt.org/schemas/domain/xen/1.0' };
const xen = { namespace: xenNamespace };
export const bhyveNamespace: Namespace = {
  prefix: 'bhyve',
  uri: 'http://libvirt.org/schemas/domain/bhyve/1.0',
};
const bhyve = { namespace: bhyveNamespace };
export const lxcNamespaceUri: Namespace = { prefix: 'lxc', uri: 'http://libvirt.org/schemas/domain/lxc/1.0' };
const lxc = { namespace: lxcNamespaceUri };
export const vmwareNamespace: Namespace = {
  prefix: 'vmware',
  uri: 'http://libvirt.org/schemas/domain/vmware/1.0',
};
const vmware = { namespace: vmwareNamespace };

/** `<qemu:commandline>`: arguments and environment that are handed to the emulator as they are. */
export const qemuCommandline = element(
  'commandline',
  {
    args: children(element('arg', { value: attr(string) }, qemu)),
    envs: children(element('env', { name: attr(string), value: optional(attr(string)) }, qemu)),
  },
  qemu,
);
export type QemuCommandline = Infer<typeof qemuCommandline>;

/** `<qemu:capabilities>`: capabilities of the emulator forced on or off. */
export const qemuCapabilities = element(
  'capabilities',
  {
    adds: children(element('add', { capability: attr(string) }, qemu)),
    dels: children(element('del', { capability: attr(string) }, qemu)),
  },
  qemu,
);

const property = element(
  'property',
  {
    name: attr(string),
    type: attr(oneOf('string', 'signed', 'unsigned', 'bool', 'remove')),
    value: optional(attr(string)),
  },
  qemu,
);
const frontend = element('frontend', { properties: children(property) }, qemu);
const device = element('device', { alias: attr(string), frontend: optional(child(frontend)) }, qemu);

/** `<qemu:override>`: properties of single devices. */
export const qemuOverride = element('override', { devices: children(device) }, qemu);

/** `<qemu:deprecation>`: what the emulator does with deprecated commands. */
export const qemuDeprecation = element(
  'deprecation',
  { behavior: attr(oneOf('none', 'omit', 'reject', 'crash')) },
  qemu,
);

export const xenCommandline = element(
  'commandline',
  { args: children(element('arg', { value: attr(string) }, xen)) },
  xen,
);
export const bhyveCommandline = element(
  'commandline',
  { args: children(element('arg', { value: attr(string) }, bhyve)) },
  bhyve,
);

const shared = { type: attr(oneOf('none', 'name', 'pid', 'netns')), value: attr(string) };

/** `<lxc:namespace>`: kernel namespaces that a container shares with another. */
export const lxcNamespace = element(
  'namespace',
  {
    sharenet: optional(child(element('sharenet', shared, lxc))),
    shareipc: optional(child(element('shareipc', shared, lxc))),
    shareuts: optional(child(element('shareuts', shared, lxc))),
  },
  lxc,
);

export const vmwareDatacenterPath = element('datacenterpath', { path: text(string) }, vmware);
