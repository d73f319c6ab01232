import { attr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, onOff, uint } from '../../xml/scalars.js';
import { deviceInfo } from './device-info.js';

const driver = element('driver', {
  intremap: optional(attr(onOff)),
  caching_mode: optional(attr(onOff)),
  eim: optional(attr(onOff)),
  iotlb: optional(attr(onOff)),
  aw_bits: optional(attr(uint(), { absent: '0' })),
  dma_translation: optional(attr(onOff)),
});

/** `<iommu>`. */
export const iommu = element('iommu', {
  model: attr(oneOf('intel', 'smmuv3', 'virtio')),
  driver: optional(child(driver)),
  ...deviceInfo,
});
export type Iommu = Infer<typeof iommu>;
