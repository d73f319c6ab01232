import type { Domain } from '@modvirt/core/schema';
import type { Assembly } from '../assembly.js';
import { needsFormatLayers } from '../block/layers.js';
import { featuresOf } from '../definition/features.js';
import { accelerator, findMachine, isPcLike } from '../definition/machine.js';
import { hasNvdimm, needsNumaBackends } from './memory.js';
import { hasHmat } from './memory-latencies.js';
import { type OptionPart, options } from './options.js';

/** `-machine` and `-accel`. */
export function addMachine(to: Assembly): void {
  to.out.option('machine', options(to.domain.os.type?.machine ?? '', ...machineParts(to)));
  to.out.option('accel', options(...accelParts(to)));
}

function machineParts(to: Assembly): readonly OptionPart[] {
  const { domain, cx } = to;
  const features = featuresOf(domain);
  return [
    ['usb', false],
    ...irqchip(domain),
    ...vmport(to),
    ['smm', features.smm?.state],
    ['i8042', features.ps2],
    ['dump-guest-core', domain.memory.dumpCore ?? cx.config.dumpGuestCore],
    ['mem-merge', domain.memoryBacking?.nosharepages === true ? false : undefined],
    ['nvdimm', hasNvdimm(domain) ? true : undefined],
    ['memory-backend', memoryBackend(to)],
    ['hmat', hasHmat(domain) ? true : undefined],
    ...securityParts(domain),
    ...pflashParts(to),
    ...hpet(to),
    ...pcSpeaker(domain),
    // The firmware shows itself on the serial port then.
    ['graphics', domain.os.bios?.useserial === true ? false : undefined],
    ...acpi(to),
  ];
}

function irqchip(domain: Domain): readonly OptionPart[] {
  const { ioapic } = featuresOf(domain);
  if (ioapic === undefined) return [];
  return [['kernel_irqchip', ioapic === 'qemu' ? 'split' : 'on']];
}

function vmport(to: Assembly): readonly OptionPart[] {
  return [['vmport', featuresOf(to.domain).vmport]];
}

/** RAM of a machine without NUMA cells is one back end, under the name that migration expects. */
function memoryBackend(to: Assembly): string | undefined {
  if (needsNumaBackends(to)) return undefined;
  return findMachine(to.cx.caps, to.domain)?.defaultRamId;
}

function securityParts(domain: Domain): readonly OptionPart[] {
  return domain.launchSecurity === undefined ? [] : [['confidential-guest-support', 'lsec0']];
}

function pflashParts({ domain, cx }: Assembly): readonly OptionPart[] {
  const { loader, nvram } = domain.os;
  if (loader?.type !== 'pflash') return [];
  const code: OptionPart = ['pflash0', 'libvirt-pflash0-format'];
  if (nvram === undefined) return [code];
  const hasFormat = (nvram.format ?? 'raw') !== 'raw' || needsFormatLayers(cx.caps);
  return [code, ['pflash1', `libvirt-pflash1-${hasFormat ? 'format' : 'storage'}`]];
}

/** Newer machines switch the HPET by a property, older ones by `-no-hpet`. */
function hpet(to: Assembly): readonly OptionPart[] {
  const timer = to.domain.clock.timers.find((it) => it.name === 'hpet');
  if (timer?.present === undefined || !to.cx.caps.has('machine-hpet')) return [];
  return [['hpet', timer.present]];
}

function pcSpeaker(domain: Domain): readonly OptionPart[] {
  const speaker = domain.devices.sounds.find((it) => it.model === 'pcspk');
  if (speaker === undefined) return [];
  return [['pcspk-audiodev', `audio${speaker.audio ?? domain.devices.audios[0]?.id ?? 1}`]];
}

function acpi(to: Assembly): readonly OptionPart[] {
  const machine = findMachine(to.cx.caps, to.domain);
  if (machine?.acpi !== true) return [];
  return [['acpi', featuresOf(to.domain).acpi === true]];
}

/** `-no-acpi`, for emulators whose machines have no property for it. */
export function addNoAcpi(to: Assembly): void {
  const machine = findMachine(to.cx.caps, to.domain);
  if (machine?.acpi !== undefined) return;
  if (featuresOf(to.domain).acpi !== true && isPcLike(to.domain)) to.out.option('no-acpi');
}

function accelParts(to: Assembly): readonly OptionPart[] {
  const kind = accelerator(to.domain);
  const features = featuresOf(to.domain);
  if (kind === 'tcg') {
    const cache = features.tcg?.['tb-cache'];
    return ['tcg', ['tb-size', cache === undefined ? undefined : cache / 1024n]];
  }
  if (kind !== 'kvm') return [kind];
  const ring = features.kvm?.['dirty-ring'];
  return ['kvm', ['dirty-ring-size', ring?.state === true ? ring.size : undefined]];
}
