import type { Files } from '@modvirt/core/ports';
import type { FirmwareReport } from './capabilities/target-host.js';
import { FIRMWARE_DIRECTORIES, LISTED_FIRMWARE } from './firmware-files.js';
import {
  type FirmwareDescriptor,
  type FirmwareFile,
  orderFirmwareFiles,
  parseFirmwareDescriptor,
} from './plan/firmware/descriptor.js';
import { supportedFirmware } from './plan/firmware/supported.js';

/** The firmware that is installed for guests of an architecture and machine type. */
export async function firmwareReport(files: Files, arch: string, machine: string): Promise<FirmwareReport> {
  const { kinds, isSecure, images } = supportedFirmware(await readDescriptors(files), arch, machine);
  const candidates = images.length > 0 ? images : LISTED_FIRMWARE;
  const paths = candidates.map((it) => it.executable);
  const found = await Promise.all(paths.map((path) => files.info(path, { follow: true })));
  return { kinds, isSecure, paths: paths.filter((_, at) => found[at] !== undefined) };
}

async function readDescriptors(files: Files): Promise<readonly FirmwareDescriptor[]> {
  const directories = await Promise.all(FIRMWARE_DIRECTORIES.map((it) => readDirectory(files, it)));
  return orderFirmwareFiles(directories).flatMap((it) => parseFirmwareDescriptor(it.text) ?? []);
}

async function readDirectory(files: Files, directory: string): Promise<readonly FirmwareFile[]> {
  const entries = await files.list(directory);
  const names = entries.map((it) => it.name).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => ({
      name,
      text: new TextDecoder().decode(await files.read(`${directory}/${name}`)),
    })),
  );
}
