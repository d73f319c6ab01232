import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FirmwareChoices } from './plan/context.js';
import { orderFirmwareFiles, parseFirmwareDescriptor } from './plan/firmware/descriptor.js';

/** Where descriptors are: the administrator's hide the distribution's. */
export const FIRMWARE_DIRECTORIES = ['/etc/qemu/firmware', '/usr/share/qemu/firmware'];

/** Pairs that are known without any descriptor. */
export const LISTED_FIRMWARE = [
  { executable: '/usr/share/OVMF/OVMF_CODE.fd', template: '/usr/share/OVMF/OVMF_VARS.fd' },
  { executable: '/usr/share/OVMF/OVMF_CODE.secboot.fd', template: '/usr/share/OVMF/OVMF_VARS.fd' },
  { executable: '/usr/share/AAVMF/AAVMF_CODE.fd', template: '/usr/share/AAVMF/AAVMF_VARS.fd' },
  { executable: '/usr/share/AAVMF/AAVMF32_CODE.fd', template: '/usr/share/AAVMF/AAVMF32_VARS.fd' },
] as const;

/** The firmware that is installed on this host. */
export function installedFirmware(): FirmwareChoices {
  const files = FIRMWARE_DIRECTORIES.map((directory) =>
    existsSync(directory)
      ? readdirSync(directory)
          .filter((name) => name.endsWith('.json'))
          .map((name) => ({ name, text: readFileSync(join(directory, name), 'utf8') }))
      : [],
  );
  return {
    descriptors: orderFirmwareFiles(files).flatMap((it) => parseFirmwareDescriptor(it.text) ?? []),
    listed: LISTED_FIRMWARE,
  };
}
