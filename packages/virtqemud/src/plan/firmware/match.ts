import type { DomainDraft } from '../definition/draft.js';
import type { FirmwareDescriptor, FirmwareMapping } from './descriptor.js';

type Loader = NonNullable<DomainDraft['os']['loader']>;

/** The first of `descriptors` that suits everything that `domain` says about its firmware. */
export function matchFirmware(
  domain: DomainDraft,
  descriptors: readonly FirmwareDescriptor[],
): FirmwareDescriptor | undefined {
  return descriptors.find(
    (it) =>
      it.interfaces.includes(wantedInterface(domain)) &&
      suitsMachine(domain, it) &&
      suitsFeatures(domain, it) &&
      suitsSecurity(domain, it) &&
      suitsLoader(domain, it.mapping),
  );
}

/** Which kind of firmware a guest wants that may leave it unsaid. */
function wantedInterface({ os }: DomainDraft): string {
  if (os.firmware !== undefined) return os.firmware === 'efi' ? 'uefi' : 'bios';
  return os.loader?.type === 'pflash' ? 'uefi' : 'bios';
}

/** Names of architectures that QEMU has its own for. */
const ARCHITECTURES: Readonly<Record<string, string>> = { i686: 'i386', armv7l: 'arm' };

function suitsMachine({ os }: DomainDraft, descriptor: FirmwareDescriptor): boolean {
  return suitsTarget(descriptor, os.type?.arch ?? '', os.type?.machine ?? '');
}

/** Whether a firmware is for guests of this architecture and machine type. */
export function suitsTarget({ targets }: FirmwareDescriptor, arch: string, machine: string): boolean {
  return targets.some(
    (it) =>
      it.architecture === (ARCHITECTURES[arch] ?? arch) &&
      it.machines.some((pattern) => matchesPattern(machine, pattern)),
  );
}

/** Shell patterns, of which only the star is in use. */
function matchesPattern(text: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  if (others.length === 0) return text === pattern;
  const last = others.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

function suitsFeatures({ os, pm, features }: DomainDraft, { features: has }: FirmwareDescriptor): boolean {
  if (pm?.['suspend-to-mem'] === true && !has.includes('acpi-s3')) return false;
  if (pm?.['suspend-to-disk'] === true && !has.includes('acpi-s4')) return false;
  if (os.firmwareFeatures.some((it) => has.includes(it.name) !== it.enabled)) return false;
  const needsSmm = has.includes('requires-smm');
  if (os.loader?.secure !== undefined && os.loader.secure !== needsSmm) return false;
  return !(needsSmm && features?.smm?.state === false);
}

/** Bit of SEV's policy: registers are encrypted, too. */
const SEV_POLICY_ES = 4;

function suitsSecurity({ launchSecurity }: DomainDraft, { features }: FirmwareDescriptor): boolean {
  switch (launchSecurity?.type) {
    case 'sev': {
      const wantsEs = (Number(launchSecurity.policy) & SEV_POLICY_ES) !== 0;
      return features.includes('amd-sev') && (!wantsEs || features.includes('amd-sev-es'));
    }
    case 'sev-snp':
      return features.includes('amd-sev-snp');
    case 's390-pv':
    case undefined:
      return true;
  }
}

function suitsLoader({ os }: DomainDraft, mapping: FirmwareMapping): boolean {
  const loader: Loader = os.loader ?? {};
  switch (mapping.device) {
    case 'flash':
      return suitsFlash(loader, os.nvram?.template, mapping);
    case 'memory':
      if (loader.type === 'pflash' || loader.stateless === false || os.nvram !== undefined) return false;
      return loader.path === undefined || loader.path === mapping.filename;
    case 'kernel':
      return false;
  }
}

type Flash = Extract<FirmwareMapping, { device: 'flash' }>;

function suitsFlash(loader: Loader, template: string | undefined, flash: Flash): boolean {
  if (loader.type === 'rom' || loader.readonly === false) return false;
  if (flash.mode !== (loader.stateless === true ? 'stateless' : 'split')) return false;
  if (loader.path !== undefined && loader.path !== flash.executable.filename) return false;
  if (loader.format !== undefined && loader.format !== flash.executable.format) return false;
  return template === undefined || template === flash.template?.filename;
}
