import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, leaf, text } from '../../xml/attribute.js';
import { child, children, element, type Infer, within } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { fields, merge } from '../../xml/group.js';
import { int, oneOf, string, uint, yesNo } from '../../xml/scalars.js';
import { architecture } from '../architecture.js';
import { unknown } from '../refusals.js';
import { without } from '../without.js';
import { storageSourceOrNone } from './storage-source.js';

const type = element('type', {
  arch: optional(attr(architecture)),
  machine: optional(attr(string)),
  name: text(string, { missing: () => VirError.of('XML_ERROR', 'an os <type> must be specified') }),
});

const format = optional(attr(oneOf('raw', 'qcow2')));

const loader = element('loader', {
  readonly: optional(attr(yesNo)),
  secure: optional(attr(yesNo)),
  type: optional(attr(oneOf('rom', 'pflash'))),
  stateless: optional(attr(yesNo)),
  format,
  path: optional(text(string)),
});

/** `<nvram>`: a path as text, or a source like a disk's. */
const nvram = element(
  'nvram',
  merge(
    fields({ template: optional(attr(string)), templateFormat: format }),
    storageSourceOrNone,
    fields({ format, path: optional(text(string)) }),
  ),
);

const feature = element('feature', {
  enabled: attr(yesNo),
  name: attr(oneOf('enrolled-keys', 'secure-boot')),
});

const bootmenu = element(
  'bootmenu',
  { enable: optional(attr(yesNo)), timeout: optional(attr(uint('milliseconds'))) },
  // A menu that is not shown ends at once.
  { adjust: (value) => (value.enable === true ? value : without(value, 'timeout')) },
);

const bios = element('bios', {
  useserial: optional(attr(yesNo)),
  rebootTimeout: optional(attr(int('milliseconds'))),
});

const table = element('table', {
  type: attr(oneOf('raw', 'rawset', 'slic', 'msdm')),
  path: text(string),
});

/** `<os>`: what the guest boots, and how. */
export const os = element('os', {
  firmware: optional(
    attr(oneOf('bios', 'efi'), {
      absent: 'none',
      invalid: (value) => VirError.of('XML_ERROR', `unknown firmware value ${value}`),
    }),
  ),
  type: optional(child(type)),
  firmwareFeatures: within('firmware', children(feature)),
  init: optional(leaf(string)),
  initargs: children(element('initarg', { value: text(string) })),
  initenvs: children(element('initenv', { name: attr(string), value: text(string) })),
  initdir: optional(leaf(string)),
  inituser: optional(leaf(string)),
  initgroup: optional(leaf(string)),
  loader: optional(child(loader)),
  nvram: optional(child(nvram)),
  kernel: optional(leaf(string)),
  initrd: optional(leaf(string)),
  cmdline: optional(leaf(string)),
  dtb: optional(leaf(string)),
  root: optional(leaf(string)),
  shim: optional(leaf(string)),
  acpi: within('acpi', children(table)),
  boots: children(element('boot', { dev: attr(oneOf('fd', 'hd', 'cdrom', 'network')) })),
  bootmenu: optional(child(bootmenu)),
  bios: optional(child(bios)),
  smbios: optional(
    childAttr('smbios', 'mode', oneOf('none', 'emulate', 'host', 'sysinfo'), unknown('smbios mode')),
  ),
});
export type Os = Infer<typeof os>;
