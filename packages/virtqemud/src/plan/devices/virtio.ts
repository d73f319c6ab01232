import { VirError } from '@modvirt/core/errors';
import type { Props } from '../command/json.js';
import type { Address } from '../definition/types.js';

/** Options that every virtio device has in its `<driver>`. */
export interface VirtioOptions {
  readonly iommu?: boolean | undefined;
  readonly ats?: boolean | undefined;
  readonly packed?: boolean | undefined;
  readonly page_per_vq?: boolean | undefined;
}

export type VirtioModel = 'virtio' | 'virtio-transitional' | 'virtio-non-transitional';

/** `virtio-blk` and a PCI address make `virtio-blk-pci`. */
export function virtioDriver(base: string, address: Address | undefined, model?: string): string {
  const suffix =
    model === 'virtio-transitional'
      ? '-transitional'
      : model === 'virtio-non-transitional'
        ? '-non-transitional'
        : '';
  return `${base}-${transport(address)}${suffix}`;
}

function transport(address: Address | undefined): string {
  switch (address?.type) {
    case 'pci':
      return 'pci';
    case 'ccw':
      return 'ccw';
    case 'virtio-mmio':
      return 'device';
    case 'virtio-s390':
      return 's390';
    default:
      throw VirError.of(
        'INTERNAL_ERROR',
        `Unexpected address type '${address?.type ?? 'none'}' for virtio device`,
      );
  }
}

/** The driver's name and the options of `<driver>`. */
export function virtioProps(driver: string, options: VirtioOptions | undefined): Props {
  return {
    driver,
    iommu_platform: options?.iommu,
    ats: options?.ats,
    packed: options?.packed,
    'page-per-vq': options?.page_per_vq,
  };
}
