import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, leaf, text } from '../../xml/attribute.js';
import { child, children, element, type Infer, raw, within } from '../../xml/element.js';
import { liveOnly, optional } from '../../xml/field.js';
import { int, oneOf, onOff, string, uint, uuid, yesNo } from '../../xml/scalars.js';
import { guestCpu } from '../cpu.js';
import { sizeInKiB } from '../size.js';
import { clock } from './clock.js';
import { devices } from './devices.js';
import { events } from './events.js';
import { features } from './features.js';
import { idmap } from './idmap.js';
import { throttlegroup } from './iotune.js';
import { launchSecurity } from './launch-security.js';
import { maxMemory, memory, memoryBacking, memtune, numatune } from './memory.js';
import {
  bhyveCommandline,
  bhyveNamespace,
  lxcNamespace,
  lxcNamespaceUri,
  qemuCapabilities,
  qemuCommandline,
  qemuDeprecation,
  qemuNamespace,
  qemuOverride,
  vmwareDatacenterPath,
  vmwareNamespace,
  xenCommandline,
  xenNamespace,
} from './namespaces.js';
import { os } from './os.js';
import { perf } from './perf.js';
import { seclabel } from './seclabel.js';
import { sysinfo } from './sysinfo.js';
import { blkiotune, cputune, defaultiothread, iothread, vcpu, vcpuState } from './vcpu.js';

/** Kinds of hypervisors that a definition may be for. */
export const domainTypes = [
  'none',
  'qemu',
  'kqemu',
  'kvm',
  'xen',
  'lxc',
  'uml',
  'openvz',
  'test',
  'vmware',
  'hyperv',
  'vbox',
  'phyp',
  'parallels',
  'bhyve',
  'vz',
  'hvf',
] as const;

function malformed(name: string) {
  return { invalid: () => VirError.of('INTERNAL_ERROR', `malformed ${name} element`) };
}

const badCount = {
  invalid: (value: string) => VirError.of('XML_ERROR', `invalid iothreads count '${value}'`),
};

const resource = element('resource', {
  partition: optional(leaf(string)),
  appid: optional(childAttr('fibrechannel', 'appid', string)),
});

const pm = element('pm', {
  'suspend-to-mem': optional(childAttr('suspend-to-mem', 'enabled', yesNo)),
  'suspend-to-disk': optional(childAttr('suspend-to-disk', 'enabled', yesNo)),
});

const cipher = element('cipher', { name: attr(oneOf('aes', 'dea')), state: attr(onOff) });

const body = {
  type: attr(oneOf(...domainTypes)),
  id: liveOnly(optional(attr(int()))),
  name: optional(leaf(string)),
  uuid: optional(leaf(uuid, malformed('uuid'))),
  /** Without a UUID one is made at each start. */
  genid: optional(
    child(element('genid', { uuid: optional(text(uuid, malformed('genid'))) }, { whenEmpty: 'keep' })),
  ),
  title: optional(leaf(string)),
  description: optional(leaf(string)),
  metadata: optional(raw()),
  maxMemory: optional(child(maxMemory)),
  memory: optional(child(memory)),
  currentMemory: optional(sizeInKiB({ path: './currentMemory[1]' })),
  blkiotune: optional(child(blkiotune)),
  memtune: optional(child(memtune)),
  memoryBacking: optional(child(memoryBacking)),
  vcpu: optional(child(vcpu)),
  vcpus: within('vcpus', children(vcpuState)),
  iothreads: optional(leaf(uint(), { absent: '0', ...badCount })),
  iothreadids: within('iothreadids', children(iothread)),
  defaultiothread: optional(child(defaultiothread)),
  cputune: optional(child(cputune)),
  numatune: optional(child(numatune)),
  throttlegroups: within('throttlegroups', children(throttlegroup)),
  resource: optional(child(resource)),
  sysinfos: children(sysinfo),
  bootloader: optional(leaf(string)),
  bootloader_args: optional(leaf(string)),
  os: optional(child(os)),
  idmap: optional(child(idmap)),
  features: optional(child(features)),
  cpu: optional(child(guestCpu)),
  clock: optional(child(clock)),
  ...events,
  pm: optional(child(pm)),
  perf: optional(child(perf)),
  devices: optional(child(devices)),
  seclabels: children(seclabel),
  keywrap: within('keywrap', children(cipher)),
  launchSecurity: optional(child(launchSecurity)),
  qemuCommandline: optional(child(qemuCommandline)),
  qemuCapabilities: optional(child(qemuCapabilities)),
  qemuOverride: optional(child(qemuOverride)),
  qemuDeprecation: optional(child(qemuDeprecation)),
  lxcNamespace: optional(child(lxcNamespace)),
  xenCommandline: optional(child(xenCommandline)),
  bhyveCommandline: optional(child(bhyveCommandline)),
  vmwareDatacenterPath: optional(child(vmwareDatacenterPath)),
};

const foreign = [
  [qemuNamespace, 'qemuCommandline', 'qemuCapabilities', 'qemuDeprecation', 'qemuOverride'],
  [lxcNamespaceUri, 'lxcNamespace'],
  [xenNamespace, 'xenCommandline'],
  [bhyveNamespace, 'bhyveCommandline'],
  [vmwareNamespace, 'vmwareDatacenterPath'],
] as const;

/** Whether nothing would be printed. */
function isEmpty(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every(
    (part) => part === undefined || (Array.isArray(part) && part.length === 0),
  );
}

/** `<domain>`, as it stands in a document: nothing is filled in yet. */
export const domainElement = element('domain', body, {
  declares: (value) =>
    foreign.filter(([, ...keys]) => keys.some((key) => !isEmpty(value[key]))).map(([namespace]) => namespace),
});
export type DomainElement = Infer<typeof domainElement>;
