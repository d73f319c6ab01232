import type { Domain } from '@modvirt/core/schema';
import { featuresOf } from '../definition/features.js';
import type { OptionPart } from './options.js';

/** What KVM tells Linux guests about itself. */
export function kvmParts(domain: Domain): readonly OptionPart[] {
  const features = featuresOf(domain);
  const { kvm } = features;
  return [
    ['kvm-pv-eoi', features.apic?.eoi],
    ['kvm-pv-unhalt', features.pvspinlock],
    ['pmu', features.pmu],
    ['kvm', kvm?.hidden === true ? false : undefined],
    ['kvm-hint-dedicated', kvm?.['hint-dedicated'] === true ? true : undefined],
    ['kvm-poll-control', kvm?.['poll-control'] === true ? true : undefined],
    ['kvm-pv-ipi', kvm?.['pv-ipi'] === false ? false : undefined],
  ];
}

/** Hyper-V enlightenments for Windows guests. */
export function hypervParts(domain: Domain): readonly OptionPart[] {
  const { hyperv } = featuresOf(domain);
  const panic = domain.devices.panics.some((it) => it.model === 'hyperv');
  const crash: readonly OptionPart[] = panic ? ['hv-crash'] : [];
  if (hyperv === undefined) return crash;
  if (hyperv.mode === 'passthrough') return [...crash, ['hv-passthrough', true]];
  const retries = hyperv.spinlocks?.retries;
  return [
    ['hv-relaxed', onlyOn(hyperv.relaxed)],
    ['hv-vapic', onlyOn(hyperv.vapic)],
    ['hv-spinlocks', hyperv.spinlocks?.state === true ? `0x${(retries ?? 0).toString(16)}` : undefined],
    ['hv-vpindex', onlyOn(hyperv.vpindex)],
    ['hv-runtime', onlyOn(hyperv.runtime)],
    ['hv-synic', onlyOn(hyperv.synic)],
    ['hv-stimer', onlyOn(hyperv.stimer?.state)],
    ['hv-stimer-direct', hyperv.stimer?.state === true ? onlyOn(hyperv.stimer.direct) : undefined],
    ['hv-reset', onlyOn(hyperv.reset)],
    ['hv-vendor-id', hyperv.vendor_id?.state === true ? hyperv.vendor_id.value : undefined],
    ['hv-frequencies', onlyOn(hyperv.frequencies)],
    ['hv-reenlightenment', onlyOn(hyperv.reenlightenment)],
    ['hv-tlbflush', onlyOn(hyperv.tlbflush?.state)],
    ['hv-tlbflush-direct', hyperv.tlbflush?.state === true ? onlyOn(hyperv.tlbflush.direct) : undefined],
    ['hv-tlbflush-ext', hyperv.tlbflush?.state === true ? onlyOn(hyperv.tlbflush.extended) : undefined],
    ['hv-ipi', onlyOn(hyperv.ipi)],
    ['hv-evmcs', onlyOn(hyperv.evmcs)],
    ['hv-avic', onlyOn(hyperv.avic)],
    ['hv-emsr-bitmap', onlyOn(hyperv.emsr_bitmap)],
    ['hv-xmm-input', onlyOn(hyperv.xmm_input)],
    ...crash,
  ];
}

function onlyOn(state: boolean | undefined): true | undefined {
  return state === true ? true : undefined;
}
