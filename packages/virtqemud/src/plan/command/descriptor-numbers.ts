/** What a descriptor is for that the guest's QEMU inherits. */
export type DescriptorUse =
  | 'listen'
  | 'chardev-source'
  | 'chardev-log'
  | 'tpm'
  | 'tpm-cancel'
  | 'vdpa'
  | 'tap'
  | 'bridge-tap'
  | 'vhost'
  | 'vhost-scsi'
  | 'vsock'
  | 'vhost-user-gpu'
  | 'passt'
  | 'slirp';

/** Hands out the numbers that descriptors have in QEMU; they stand on its command line. */
export interface DescriptorNumbers {
  /** @param index counts the descriptors of one kind for one device */
  next(use: DescriptorUse, index: number): number;
}

/** Numbers counting up from 3, behind the standard streams. */
export function countingDescriptors(first = 3): DescriptorNumbers {
  let number = first;
  return { next: () => number++ };
}
