import type { Assembly } from '../assembly.js';
import { aliasOf } from '../definition/controllers.js';
import type { Iommu } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { virtioDriver } from './virtio.js';

export function addIommu(to: Assembly, iommu: Iommu): void {
  const { driver } = iommu;
  switch (iommu.model) {
    case 'intel':
      to.out.device({
        driver: 'intel-iommu',
        id: aliasOf(iommu),
        intremap: onOff(driver?.intremap),
        'caching-mode': driver?.caching_mode,
        eim: onOff(driver?.eim),
        'device-iotlb': driver?.iotlb,
        'aw-bits': driver?.aw_bits,
        'dma-translation': driver?.dma_translation,
      });
      return;
    case 'virtio':
      to.out.device({
        driver: virtioDriver('virtio-iommu', iommu.address),
        id: aliasOf(iommu),
        ...addressProps(to, iommu),
      });
      return;
    case 'smmuv3':
      return;
  }
}

/** QEMU has three values for these: `on`, `off`, `auto`. */
function onOff(value: boolean | undefined): 'on' | 'off' | undefined {
  return value === undefined ? undefined : value ? 'on' : 'off';
}
