import { type FirmwareChoices, orderFirmwareFiles, parseFirmwareDescriptor } from '@modvirt/virtqemud/plan';
import type { Corpus } from '../case.js';

/** What stands for the descriptors in /etc and /usr. */
const DIRECTORIES = ['qemufirmwaredata/etc/qemu/firmware', 'qemufirmwaredata/usr/share/qemu/firmware'];

const LISTED = [
  { executable: '/usr/share/OVMF/OVMF_CODE.fd', template: '/usr/share/OVMF/OVMF_VARS.fd' },
  { executable: '/usr/share/OVMF/OVMF_CODE.secboot.fd', template: '/usr/share/OVMF/OVMF_VARS.fd' },
] as const;

/** The firmware of the host of the recorded cases. */
export function recordedFirmware(corpus: Corpus): FirmwareChoices {
  const files = DIRECTORIES.map((directory) =>
    corpus.list(directory).map((name) => ({ name, text: corpus.read(`${directory}/${name}`) })),
  );
  return {
    descriptors: orderFirmwareFiles(files).flatMap((it) => parseFirmwareDescriptor(it.text) ?? []),
    listed: LISTED,
  };
}
