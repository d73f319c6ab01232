import type { Domain } from '@modvirt/core/schema';
import type { PlanContext } from '../context.js';
import { featuresOf } from '../definition/features.js';
import {
  archOf,
  isArmVirt,
  isPcLike,
  isPseries,
  isQ35,
  isRiscvVirt,
  isX86,
  machineName,
} from '../definition/machine.js';
import type { Features } from '../definition/types.js';
import { unsupported } from './unsupported.js';

type Family = (domain: Domain) => boolean;

/** Features that only one family of machines has. */
const FAMILIES: readonly (readonly [keyof Features, Family])[] = [
  ['hpt', isPseries],
  ['htm', isPseries],
  ['nested-hv', isPseries],
  ['ccf-assist', isPseries],
  ['cfpc', isPseries],
  ['sbbc', isPseries],
  ['ibs', isPseries],
  ['gic', isArmVirt],
  ['ras', isArmVirt],
  ['aia', isRiscvVirt],
  ['vmport', isX86],
  ['smm', isX86],
];

/** @throws VirError for features that the machine or the emulator has not */
export function validateFeatures(domain: Domain, cx: PlanContext): void {
  const features = featuresOf(domain);
  for (const [name, isFamily] of FAMILIES) {
    if (features[name] === undefined || isFamily(domain)) continue;
    throw unsupported(
      `The '${name}' feature is not supported for architecture '${archOf(domain)}' ` +
        `or machine type '${machineName(domain)}'`,
    );
  }
  checkSmm(domain, features, cx);
  checkPs2(domain, features, cx);
  checkFirmware(domain, features);
  if (domain.launchSecurity?.type === 'sev' && !cx.caps.has('sev-guest')) {
    throw unsupported('SEV launch security is not supported with this QEMU binary');
  }
}

const MiB = 1048576n;

function checkSmm(domain: Domain, { smm }: Features, cx: PlanContext): void {
  if (smm?.tseg === undefined) return;
  if (!isQ35(domain)) throw unsupported('SMM TSEG is only supported with q35 machine type');
  if (!cx.caps.has('mch.extended-tseg-mbytes')) {
    throw unsupported('Setting TSEG size is not supported with this QEMU binary');
  }
  if (smm.tseg % MiB !== 0n) throw unsupported('SMM TSEG size must be divisible by 1 MiB');
}

function checkPs2(domain: Domain, features: Features, cx: PlanContext): void {
  if (features.ps2 === undefined) return;
  if (!isPcLike(domain) || !cx.caps.has('machine-i8042-opt')) {
    throw unsupported('ps2 feature state cannot be controlled with this QEMU binary');
  }
  if (features.ps2) return;
  if (features.vmport === true)
    throw unsupported('vmport feature requires the ps2 feature not to be disabled');
  if (domain.devices.inputs.some((it) => it.bus === 'ps2')) {
    throw unsupported('ps2 bus inputs require the ps2 feature not to be disabled');
  }
}

function checkFirmware({ os, ...domain }: Domain, features: Features): void {
  const isUefi = os.firmware === 'efi' || os.loader?.type === 'pflash';
  if (isUefi && isX86({ os, ...domain }) && features.acpi !== true) {
    throw unsupported('UEFI requires ACPI on this architecture');
  }
  if (os.loader?.secure !== true) return;
  if (!isQ35({ os, ...domain })) {
    throw unsupported('Secure boot is supported with q35 machine types only');
  }
  if (features.smm?.state !== true) throw unsupported('Secure boot requires SMM feature enabled');
}
