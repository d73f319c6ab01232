import { VirError } from '../../../errors/vir-error.js';
import { parseUuid } from '../../../wire/uuid.js';
import type { Domain } from '../post-parse/filled-domain.js';

const OS_TYPES: ReadonlySet<string> = new Set(['hvm', 'xen', 'linux', 'exe', 'uml', 'xenpvh']);

/** @throws VirError for a machine, firmware or identity that contradicts itself */
export function validateMachine(domain: Domain): void {
  const { type } = domain.os;
  if (type !== undefined && !OS_TYPES.has(type.name)) {
    throw VirError.of('CONFIG_UNSUPPORTED', `unknown OS type '${type.name}'`);
  }
  if (domain.maxMemory !== undefined && domain.maxMemory.sizeKiB < domain.memory.sizeKiB) {
    throw VirError.of(
      'XML_ERROR',
      'maximum memory size must be equal or greater than the actual memory size',
    );
  }
  if (domain.idmap !== undefined && domain.idmap.uids.length > 0 !== domain.idmap.gids.length > 0) {
    throw VirError.of('CONFIG_UNSUPPORTED', 'uid and gid should be mapped both');
  }
  checkSysinfo(domain);
  checkSeclabels(domain);
  checkFirmware(domain);
  checkControllers(domain);
}

function checkSysinfo(domain: Domain): void {
  for (const info of domain.sysinfos) {
    if (info.type !== 'smbios') continue;
    const date = info.bios.find((it) => it.name === 'date')?.value;
    if (date !== undefined && !isBiosDate(date))
      throw VirError.of('XML_DETAIL', "Invalid BIOS 'date' format");
    const written = info.system.find((it) => it.name === 'uuid')?.value;
    if (written === undefined) continue;
    const uuid = parseUuid(written);
    if (uuid === undefined) throw VirError.of('XML_DETAIL', 'malformed <sysinfo> uuid element');
    if (uuid !== domain.uuid) throw VirError.of('XML_DETAIL', 'UUID mismatch between <uuid> and <sysinfo>');
  }
}

/** `mm/dd/yyyy`, or two digits for a year of the twentieth century. */
function isBiosDate(text: string): boolean {
  const [, month, day, year] = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/.exec(text) ?? [];
  if (month === undefined || day === undefined || year === undefined) return false;
  const isYear = year.length === 2 || Number(year) >= 1900;
  return isYear && Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
}

function checkSeclabels({ seclabels }: Domain): void {
  const models = new Set<string>();
  for (const it of seclabels) {
    if (it.type === 'static' && it.label === undefined) {
      throw VirError.of('XML_ERROR', 'security label is missing');
    }
    if (it.model === undefined) continue;
    if (models.has(it.model)) {
      throw VirError.of('XML_DETAIL', `seclabel for model ${it.model} is already provided`);
    }
    models.add(it.model);
  }
  if (seclabels.length > 1 && seclabels.some((it) => it.model === undefined)) {
    throw VirError.of('XML_ERROR', 'missing security model when using multiple labels');
  }
}

function checkFirmware({ os, devices }: Domain): void {
  if (os.bios?.useserial === true && devices.serials.length === 0) {
    throw VirError.of('XML_ERROR', 'need at least one serial port to use BIOS serial output');
  }
  const { firmware, loader, nvram } = os;
  if (firmware === 'bios' && nvram !== undefined) {
    throw VirError.of('XML_DETAIL', `firmware type '${firmware}' does not support nvram`);
  }
  const hasLoader = loader !== undefined || nvram !== undefined;
  if (firmware === undefined && hasLoader && loader?.path === undefined) {
    throw VirError.of('XML_DETAIL', 'no loader path specified and firmware auto selection disabled');
  }
  if (loader?.stateless === true && nvram !== undefined) {
    throw VirError.of('XML_DETAIL', 'NVRAM is not permitted when loader is stateless');
  }
  const hasVariables = nvram !== undefined || loader?.stateless === false;
  if (firmware === 'bios' && hasVariables) throw VirError.of('XML_DETAIL', 'Only EFI firmware permits NVRAM');
  if (firmware === undefined && hasVariables && loader?.type === 'rom') {
    throw VirError.of('XML_DETAIL', 'Only pflash loader type permits NVRAM');
  }
  const isOn = (name: string) => os.firmwareFeatures.find((it) => it.name === name)?.enabled;
  if (isOn('enrolled-keys') === true && isOn('secure-boot') === false) {
    throw VirError.of(
      'XML_DETAIL',
      "firmware feature 'enrolled-keys' cannot be enabled when firmware feature 'secure-boot' is disabled",
    );
  }
}

function checkControllers({ devices }: Domain): void {
  for (const it of devices.controllers) {
    if (it.type === 'pci' && (it.model === 'pci-root' || it.model === 'pcie-root') && it.index !== 0) {
      throw VirError.of('XML_ERROR', 'pci-root and pcie-root controllers should have index 0');
    }
    const model = it.type === 'scsi' ? it.model : undefined;
    const isVirtioScsi = it.type === 'scsi' && (model === undefined || model.startsWith('virtio'));
    if (it.driver?.iothread !== undefined && !isVirtioScsi) {
      throw VirError.of('XML_ERROR', "'iothread' attribute only supported for virtio scsi controllers");
    }
  }
}
