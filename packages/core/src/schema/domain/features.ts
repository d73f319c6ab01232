import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, flag } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import type { Field } from '../../xml/field.js';
import { optional, withDefault } from '../../xml/field.js';
import type { XmlElement } from '../../xml/node.js';
import { oneOf, onOff, string, uint, yesNo } from '../../xml/scalars.js';
import { sizeInKiB, sizePretty } from '../size.js';
import { lxcCapabilities } from './lxc-capabilities.js';

/** `<name state='on'/>`; without the attribute it is on. */
function state(name: string): Field<boolean, 'optional'> {
  return optional(childAttr(name, 'state', onOff, { bare: true }));
}

/** A feature that nobody knows is not ignored: the guest would miss what it was promised. */
function refuseOthers(node: XmlElement, known: object, detail: (name: string) => string): void {
  for (const it of node.children) {
    if (it.kind !== 'element' || Object.hasOwn(known, it.name)) continue;
    throw VirError.of('CONFIG_UNSUPPORTED', detail(it.name));
  }
}

const switched = { state: withDefault(attr(onOff), true) };

/** `<name state='on'/>`, where nothing is taken for granted. */
function switchOf(name: string): Field<boolean, 'optional'> {
  return optional(childAttr(name, 'state', onOff, { whole: true }));
}
const mustSwitch = { state: attr(onOff) };

const enlightenments = {
  mode: withDefault(attr(oneOf('custom', 'passthrough')), 'custom'),
  relaxed: switchOf('relaxed'),
  vapic: switchOf('vapic'),
  spinlocks: optional(child(element('spinlocks', { ...mustSwitch, retries: optional(attr(uint())) }))),
  vpindex: switchOf('vpindex'),
  runtime: switchOf('runtime'),
  synic: switchOf('synic'),
  stimer: optional(child(element('stimer', { ...mustSwitch, direct: switchOf('direct') }))),
  reset: switchOf('reset'),
  vendor_id: optional(child(element('vendor_id', { ...mustSwitch, value: optional(attr(string)) }))),
  frequencies: switchOf('frequencies'),
  reenlightenment: switchOf('reenlightenment'),
  tlbflush: optional(
    child(element('tlbflush', { ...mustSwitch, direct: switchOf('direct'), extended: switchOf('extended') })),
  ),
  ipi: switchOf('ipi'),
  evmcs: switchOf('evmcs'),
  avic: switchOf('avic'),
  emsr_bitmap: switchOf('emsr_bitmap'),
  xmm_input: switchOf('xmm_input'),
};
const hyperv = element('hyperv', enlightenments, {
  check: (_value, node) =>
    refuseOthers(node, enlightenments, (name) => `unsupported HyperV Enlightenment feature: ${name}`),
});

const kvmFeatures = {
  hidden: switchOf('hidden'),
  'hint-dedicated': switchOf('hint-dedicated'),
  'poll-control': switchOf('poll-control'),
  'pv-ipi': switchOf('pv-ipi'),
  'dirty-ring': optional(child(element('dirty-ring', { ...mustSwitch, size: optional(attr(uint())) }))),
};
const kvm = element('kvm', kvmFeatures, {
  check: (_value, node) => refuseOthers(node, kvmFeatures, (name) => `unsupported KVM feature: ${name}`),
});

const xen = element('xen', {
  e820_host: state('e820_host'),
  passthrough: optional(
    child(element('passthrough', { ...switched, mode: optional(attr(oneOf('sync_pt', 'share_pt'))) })),
  ),
});

const smm = element('smm', {
  ...switched,
  tseg: optional(sizePretty({ unit: 'MiB', path: 'string(./features/smm/tseg)' })),
});
const apic = element('apic', { eoi: optional(attr(onOff)) }, { whenEmpty: 'keep' });
const hpt = element('hpt', {
  resizing: optional(attr(oneOf('enabled', 'disabled', 'required'))),
  maxpagesize: optional(sizeInKiB()),
});
const workaround = oneOf('broken', 'workaround', 'fixed');

const featureList = {
  acpi: flag(),
  apic: optional(child(apic)),
  pae: flag(),
  hap: state('hap'),
  viridian: flag(),
  privnet: flag(),
  hyperv: optional(child(hyperv)),
  kvm: optional(child(kvm)),
  pvspinlock: state('pvspinlock'),
  capabilities: optional(child(lxcCapabilities)),
  pmu: state('pmu'),
  vmport: state('vmport'),
  gic: optional(
    child(element('gic', { version: optional(attr(oneOf('host', '2', '3'))) }, { whenEmpty: 'keep' })),
  ),
  smm: optional(child(smm)),
  ioapic: optional(childAttr('ioapic', 'driver', oneOf('qemu', 'kvm'))),
  hpt: optional(child(hpt)),
  vmcoreinfo: state('vmcoreinfo'),
  htm: state('htm'),
  'nested-hv': state('nested-hv'),
  msrs: optional(childAttr('msrs', 'unknown', oneOf('ignore', 'fault'))),
  'ccf-assist': state('ccf-assist'),
  xen: optional(child(xen)),
  cfpc: optional(childAttr('cfpc', 'value', workaround)),
  sbbc: optional(childAttr('sbbc', 'value', workaround)),
  ibs: optional(
    childAttr('ibs', 'value', oneOf('broken', 'workaround', 'fixed-ibs', 'fixed-ccd', 'fixed-na')),
  ),
  tcg: optional(child(element('tcg', { 'tb-cache': optional(sizeInKiB()) }))),
  'async-teardown': optional(childAttr('async-teardown', 'enabled', yesNo, { bare: true })),
  ras: state('ras'),
  ps2: state('ps2'),
  aia: optional(childAttr('aia', 'value', oneOf('none', 'aplic', 'aplic-imsic'))),
};

/** `<features>`: what the machine can do. */
export const features = element('features', featureList, {
  check: (_value, node) => refuseOthers(node, featureList, (name) => `unexpected feature '${name}'`),
});
export type Features = Infer<typeof features>;
