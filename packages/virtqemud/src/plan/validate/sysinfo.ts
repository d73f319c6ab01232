import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';
import { unsupported } from './unsupported.js';

/** Names that QEMU leaves to whoever configures the guest. */
const OWN_NAMES = /^opt\/(?!ovmf\/|org\.qemu\/)./;

/** @throws VirError for files that the firmware may not get */
export function validateSysinfo({ sysinfos }: Domain): void {
  for (const info of sysinfos) {
    if (info.type !== 'fwcfg') continue;
    for (const { name } of info.entries) {
      if (!name.startsWith('opt/')) throw unsupported('Invalid firmware name');
      if (!OWN_NAMES.test(name)) throw unsupported('That firmware name is reserved');
    }
  }
}

/** @throws VirError for what the firmware is to tell and nobody knows */
export function requireSmbios(domain: Domain, hasHost: boolean): void {
  const own = domain.sysinfos.find((it) => it.type === 'smbios');
  if (domain.os.smbios === 'host' && !hasHost) {
    throw unsupported('Host SMBIOS information is not available');
  }
  if (domain.os.smbios !== 'sysinfo') return;
  if (own === undefined) {
    throw VirError.of('XML_ERROR', `Domain '${domain.name}' sysinfo are not available`);
  }
  if (own.type === 'smbios' && own.baseBoards.length > 1) {
    throw unsupported('qemu does not support more than one entry to Type 2 in SMBIOS table');
  }
}
