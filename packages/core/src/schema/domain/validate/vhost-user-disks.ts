import { VirError } from '../../../errors/vir-error.js';
import type { Disk } from '../disk.js';

/** Parts of a disk that whoever serves it decides, by the names that messages give them. */
const NOT_OURS = {
  backingStore: (disk: Disk) => disk.backingStore !== undefined && disk.backingStore.type !== 'none',
  mirror: (disk: Disk) => disk.mirror !== undefined,
  geometry: (disk: Disk) => disk.geometry !== undefined,
  blockio: (disk: Disk) => disk.blockio !== undefined,
  iotune: (disk: Disk) => disk.iotune !== undefined,
  cache: (disk: Disk) => disk.driver?.cache !== undefined,
  error_policy: (disk: Disk) => disk.driver?.error_policy !== undefined,
  rerror_policy: (disk: Disk) => disk.driver?.rerror_policy !== undefined,
  io: (disk: Disk) => disk.driver?.io !== undefined,
  ioeventfd: (disk: Disk) => disk.driver?.ioeventfd !== undefined,
  copy_on_read: (disk: Disk) => disk.driver?.copy_on_read !== undefined,
  discard: (disk: Disk) => disk.driver?.discard !== undefined,
  iothread: (disk: Disk) => disk.driver?.iothread !== undefined,
  detect_zeroes: (disk: Disk) => disk.driver?.detect_zeroes !== undefined,
  serial: (disk: Disk) => disk.serial !== undefined,
  wwn: (disk: Disk) => disk.wwn !== undefined,
  vendor: (disk: Disk) => disk.vendor !== undefined,
  product: (disk: Disk) => disk.product !== undefined,
  encryption: (disk: Disk) => disk.encryption !== undefined,
  readonly: (disk: Disk) => disk.readonly === true,
  shareable: (disk: Disk) => disk.shareable === true,
  transient: (disk: Disk) => disk.transient !== undefined,
} as const satisfies Record<string, (disk: Disk) => boolean>;

/** @throws VirError CONFIG_UNSUPPORTED for a disk that another process serves and that says more than where */
export function checkVhostUserDisk(disk: Disk): void {
  if (disk.type !== 'vhostuser') return;
  if (disk.target.bus !== 'virtio') throw refusal('vhostuser disk supports only virtio bus');
  if (disk.snapshot !== undefined && disk.snapshot !== 'no') {
    throw refusal('only snapshot=no is supported with vhostuser disk');
  }
  const name = Object.entries(NOT_OURS).find(([, isSet]) => isSet(disk))?.[0];
  if (name !== undefined) throw refusal(`${name} is not supported with vhostuser disk`);
}

function refusal(text: string): VirError {
  return VirError.of('CONFIG_UNSUPPORTED', text);
}
