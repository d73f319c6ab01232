import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import { archOf, isPseries, isQ35, isS390Ccw, isX86 } from '../definition/machine.js';
import { sharesMemory } from '../definition/shared-memory.js';
import type { Filesystem, Input, Panic, Watchdog } from '../definition/types.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for devices of the smaller kinds that QEMU or the machine has not */
export function validateOtherDevices(domain: Domain): void {
  const { devices } = domain;
  for (const it of devices.inputs) checkInput(domain, it);
  for (const it of devices.watchdogs) checkWatchdog(domain, it);
  for (const it of devices.panics) checkPanic(domain, it);
  for (const it of devices.filesystems) checkFilesystem(domain, it);
  if (devices.nvram !== undefined && !archOf(domain).startsWith('ppc64')) {
    throw unsupported('nvram device is only supported for PPC64');
  }
  if (devices.tpms.filter((it) => it.model !== 'spapr-tpm-proxy').length > 1) {
    throw unsupported('only a single TPM non-proxy device is supported');
  }
}

function checkInput(domain: Domain, { type, bus, model }: Input): void {
  if (type === 'evdev' && bus !== undefined) throw unsupported("input evdev doesn't support bus element");
  if (type === 'passthrough' && bus !== undefined && bus !== 'virtio') {
    throw unsupported("only bus 'virtio' is supported for 'passthrough' input devices");
  }
  if (type !== 'passthrough' && model?.endsWith('transitional') === true) {
    throw unsupported(`virtio (non-)transitional models are not supported for input type=${type}`);
  }
  if (bus === 'xen' || bus === 'parallels') {
    throw VirError.of('INTERNAL_ERROR', `unsupported input bus ${bus}`);
  }
  if (bus === 'ps2') {
    if (!isX86(domain) && archOf(domain) !== 'i686') {
      throw VirError.of('INTERNAL_ERROR', `${bus} bus is not supported on this architecture`);
    }
    if (type !== 'mouse' && type !== 'keyboard') {
      throw VirError.of('INTERNAL_ERROR', `ps2 bus does not support ${type} input device`);
    }
  }
  if (bus !== 'virtio' && model !== undefined) {
    throw unsupported(`only bus 'virtio' is supported for input model '${model}'`);
  }
}

function checkWatchdog(domain: Domain, { model, address }: Watchdog): void {
  switch (model) {
    case 'i6300esb':
      if (address !== undefined && address.type !== 'pci') {
        throw unsupported('i6300esb model of watchdog can go only on PCI bus');
      }
      return;
    case 'ib700':
      if (address === undefined) return;
      throw unsupported('ib700 model of watchdog does not support configuring the address');
    case 'diag288':
      if (!isS390Ccw(domain)) {
        throw unsupported('diag288 model of watchdog is allowed for s390 and s390x only');
      }
      return;
    case 'itco':
      if (!isQ35(domain)) throw unsupported('iTCO model of watchdog is only part of q35 machine');
      return;
    default:
  }
}

function checkPanic(domain: Domain, { model, address }: Panic): void {
  switch (model) {
    case 's390':
      if (!isS390Ccw(domain)) throw unsupported("only S390 guests support panic device of model 's390'");
      break;
    case 'pseries':
      if (!isPseries(domain)) {
        throw unsupported("only pSeries guests support panic device of model 'pseries'");
      }
      break;
    case 'hyperv':
      if (!isX86(domain)) {
        throw unsupported("only i686 and x86_64 guests support panic device of model 'hyperv'");
      }
      break;
    case 'isa':
      if (address === undefined || address.type === 'isa') return;
      throw unsupported('panic is supported only with ISA address type');
    default:
      return;
  }
  if (address !== undefined) {
    throw unsupported(`setting the panic device address is not supported for model '${model}'`);
  }
}

function checkFilesystem(domain: Domain, fs: Filesystem): void {
  if (fs.type !== 'mount') throw unsupported('only supports mount filesystem type');
  if (fs.driver?.type === 'virtiofs') {
    checkVirtiofs(domain, fs);
    return;
  }
  if ((fs.fmode !== undefined || fs.dmode !== undefined) && fs.accessmode !== 'mapped') {
    throw unsupported('fmode and dmode must be used with accessmode=mapped');
  }
}

function checkVirtiofs(domain: Domain, fs: Filesystem): void {
  if (fs.accessmode !== undefined && fs.accessmode !== 'passthrough') {
    throw unsupported('virtiofs only supports passthrough accessmode');
  }
  if (fs.driver?.wrpolicy !== undefined) throw unsupported('virtiofs does not support wrpolicy');
  if (!sharesMemory(domain)) throw unsupported("'virtiofs' requires shared memory");
}
