import type { PlanContext } from '../context.js';
import type { DomainDraft, Draft } from '../definition/draft.js';
import type { Os } from '../definition/types.js';
import type { FirmwareDescriptor, FirmwareMapping } from '../firmware/descriptor.js';
import { matchFirmware } from '../firmware/match.js';

type OsDraft = Draft<Os>;
type Nvram = NonNullable<OsDraft['nvram']>;
type Format = NonNullable<Nvram['format']>;

/** Chooses the firmware, and where the guest keeps the variables of it. */
export function fillFirmware(domain: DomainDraft, cx: PlanContext): void {
  const { os } = domain;
  if (os.firmware === undefined) {
    if (os.loader?.path === undefined) return;
    os.loader.type ??= 'rom';
    if (os.loader.type === 'rom') {
      os.loader.format ??= 'raw';
      return;
    }
  }
  fillFormat(os, cx.abiUpdate);
  const found = matchFirmware(domain, cx.firmware.descriptors);
  if (found !== undefined) useFirmware(domain, found);
  else useListed(os, cx);
  if (os.loader !== undefined) os.loader.format ??= 'raw';
  if (found !== undefined || os.firmware === undefined) fillNvram(domain, cx);
}

/** A definition that says nothing is from times when images were raw. */
function fillFormat(os: OsDraft, isNew: boolean): void {
  const format = os.loader?.format ?? os.nvram?.format ?? (isNew ? undefined : 'raw');
  if (format === undefined) return;
  os.loader ??= {};
  os.loader.format = format;
}

/** Firmware that the daemon's configuration pairs with a template. */
function useListed(os: OsDraft, cx: PlanContext): void {
  const { loader } = os;
  if (loader?.readonly !== true || loader.stateless === true) return;
  const listed = cx.firmware.listed.find((it) => it.executable === loader.path);
  if (listed === undefined) return;
  os.nvram ??= { type: 'none' };
  if (isRemote(os.nvram)) return;
  os.nvram.template ??= listed.template;
  os.nvram.templateFormat = 'raw';
}

function useFirmware(domain: DomainDraft, { mapping, features, interfaces }: FirmwareDescriptor): void {
  const { os } = domain;
  if (interfaces.includes('uefi')) os.firmware = 'efi';
  useMapping(os, mapping);
  if (features.includes('requires-smm')) {
    domain.features ??= {};
    domain.features.smm = { ...domain.features.smm, state: true };
    if (os.loader !== undefined) os.loader.secure = true;
  }
  const hasTemplate = os.nvram === undefined || os.nvram.template !== undefined;
  const feature = (name: 'enrolled-keys' | 'secure-boot') => ({ enabled: features.includes(name), name });
  // Nobody knows which keys are in variables that were not made here.
  os.firmwareFeatures = [...(hasTemplate ? [feature('enrolled-keys')] : []), feature('secure-boot')];
}

function useMapping(os: OsDraft, mapping: FirmwareMapping): void {
  os.loader ??= {};
  const { loader } = os;
  if (mapping.device !== 'flash') {
    Object.assign(loader, { type: 'rom', format: 'raw', path: mapping.filename } satisfies typeof loader);
    return;
  }
  const { executable, template, mode } = mapping;
  loader.type = 'pflash';
  loader.readonly = true;
  loader.format = formatOf(executable.format);
  loader.path = executable.filename;
  if (mode !== 'split' || template === undefined) return;
  os.nvram ??= { type: 'none' };
  os.nvram.format = formatOf(template.format);
  if (isRemote(os.nvram)) return;
  os.nvram.template = template.filename;
  os.nvram.templateFormat = formatOf(template.format);
}

function formatOf(name: string): Format {
  return name === 'qcow2' ? 'qcow2' : 'raw';
}

/** Whether the variables are where this host cannot make them. */
function isRemote(nvram: Nvram): boolean {
  return nvram.type !== 'none' && nvram.type !== 'file';
}

const SUFFIXES = { raw: 'fd', qcow2: 'qcow2' } as const;

/** Variables of a flash that is only read are in a file that is named after the guest. */
function fillNvram({ os, name }: DomainDraft, cx: PlanContext): void {
  const { loader } = os;
  if (loader?.type !== 'pflash') return;
  if (loader.readonly === true && loader.stateless !== true) os.nvram ??= { type: 'none' };
  const { nvram } = os;
  if (nvram === undefined) return;
  nvram.format ??= 'raw';
  if (nvram.type !== 'none' || nvram.path !== undefined || loader.readonly !== true) return;
  nvram.path = `${cx.config.nvramDir}/${name}_VARS.${SUFFIXES[nvram.format]}`;
}
