import type { Domain } from '@modvirt/core/schema';
import type { Assembly } from '../assembly.js';
import { findMachine } from '../definition/machine.js';
import type { GuestCpu } from '../definition/types.js';
import { hypervParts, kvmParts } from './enlightenments.js';
import { type OptionPart, options } from './options.js';

/** `-cpu`: the model and what is switched on and off in it. */
export function addCpu(to: Assembly): void {
  const parts = [
    ...modelParts(to),
    ...timerParts(to.domain),
    ...hypervParts(to.domain),
    ...kvmParts(to.domain),
  ];
  if (parts.length > 0) to.out.option('cpu', options(...parts));
}

function modelParts(to: Assembly): readonly OptionPart[] {
  const { cpu } = to.domain;
  if (cpu === undefined) return [defaultModel(to)];
  switch (cpu.mode) {
    case 'host-passthrough':
      return ['host', ...migratable(to, cpu), ...features(to, cpu), ...extras(cpu)];
    case 'maximum':
      return ['max', ...migratable(to, cpu), ...features(to, cpu), ...extras(cpu)];
    case 'custom':
    case 'host-model':
      return [
        cpu.model?.name ?? defaultModel(to),
        ['vendor', cpu.model?.vendor_id],
        ...features(to, cpu),
        ...extras(cpu),
      ];
  }
}

/** The model that the machine has when nobody names one; undefined where QEMU does not say. */
export function machineModel(to: Pick<Assembly, 'cx' | 'domain'>): string | undefined {
  return findMachine(to.cx.caps, to.domain)?.defaultCpu?.replace(/-[^-]+-cpu$/, '');
}

function defaultModel(to: Pick<Assembly, 'cx' | 'domain'>): string {
  return machineModel(to) ?? 'qemu64';
}

function migratable(to: Assembly, cpu: GuestCpu): readonly OptionPart[] {
  return to.cx.caps.has('cpu.migratable') ? [['migratable', cpu.migratable ?? true]] : [];
}

/** Names of features that QEMU spells otherwise. */
const QEMU_NAMES: { readonly [name: string]: string } = { pclmuldq: 'pclmulqdq' };

function featureName(name: string): string {
  return QEMU_NAMES[name] ?? name.replaceAll('_', '-').replace(/^(sse4)-([12])$/, '$1.$2');
}

/** Features that libvirt knows and QEMU has no property for. */
const UNKNOWN_TO_QEMU = new Set(['cmt', 'mbm_total', 'mbm_local', 'osxsave', 'ospke']);

function features(_to: Assembly, cpu: GuestCpu): readonly OptionPart[] {
  return cpu.features
    .filter((it) => !UNKNOWN_TO_QEMU.has(it.name))
    .map(({ name, policy }): OptionPart => {
      const isOn = policy === undefined || policy === 'force' || policy === 'require';
      return [featureName(name), isOn || policy === 'optional'];
    });
}

function extras(cpu: GuestCpu): readonly OptionPart[] {
  return [...cacheParts(cpu), ...addressParts(cpu)];
}

function cacheParts(cpu: GuestCpu): readonly OptionPart[] {
  switch (cpu.cache?.mode) {
    case 'emulate':
      return [
        ['l3-cache', true],
        ['host-cache-info', cpu.mode === 'custom' || cpu.mode === 'host-model' ? undefined : false],
      ];
    case 'passthrough':
      return [
        ['host-cache-info', true],
        ['l3-cache', false],
      ];
    case 'disable':
      return [
        ['host-cache-info', cpu.mode === 'custom' || cpu.mode === 'host-model' ? undefined : false],
        ['l3-cache', false],
      ];
    case undefined:
      return [];
  }
}

function addressParts(cpu: GuestCpu): readonly OptionPart[] {
  const size = cpu.maxphysaddr;
  if (size === undefined) return [];
  if (size.mode === 'emulate')
    return size.bits === undefined ? [['host-phys-bits', false]] : [['phys-bits', size.bits]];
  return [
    ['host-phys-bits', true],
    ['host-phys-bits-limit', size.limit],
  ];
}

function timerParts(domain: Domain): readonly OptionPart[] {
  const parts: OptionPart[] = [];
  for (const timer of domain.clock.timers) {
    if (timer.name === 'kvmclock' && timer.present !== undefined) parts.push(['kvmclock', timer.present]);
    if (timer.name === 'hypervclock' && timer.present === true) parts.push(['hv-time', true]);
    if (timer.name === 'tsc' && timer.frequency !== undefined) parts.push(['tsc-frequency', timer.frequency]);
  }
  return parts;
}

/** `-smp`: how many processors, and their shape. */
export function addSmp(to: Assembly): void {
  const { vcpu, cpu } = to.domain;
  const max = vcpu.count;
  const pluggedLater = to.domain.vcpus.filter((it) => it.enabled && it.hotpluggable === true).length;
  const now = (vcpu.current ?? max) - pluggedLater;
  const topology = cpu?.topology;
  const shape: readonly OptionPart[] =
    topology === undefined
      ? [
          ['sockets', max],
          ['cores', 1],
          ['threads', 1],
        ]
      : [
          ['sockets', topology.sockets],
          ['dies', to.cx.caps.has('smp-dies') ? topology.dies : undefined],
          ['clusters', to.cx.caps.has('smp-clusters') ? topology.clusters : undefined],
          ['cores', topology.cores],
          ['threads', topology.threads],
        ];
  to.out.option('smp', options(String(now), ['maxcpus', now === max ? undefined : max], ...shape));
}
