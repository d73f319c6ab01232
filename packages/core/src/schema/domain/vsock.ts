import { attr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, uint, yesNo } from '../../xml/scalars.js';
import { deviceInfo, virtioDriver } from './device-info.js';

const cid = element('cid', { auto: optional(attr(yesNo)), address: optional(attr(uint(), { absent: '0' })) });

/** `<vsock>`: sockets between host and guest. */
export const vsock = element('vsock', {
  model: optional(
    attr(oneOf('virtio', 'virtio-transitional', 'virtio-non-transitional'), { absent: 'default' }),
  ),
  cid: optional(child(cid)),
  ...deviceInfo,
  driver: optional(child(virtioDriver)),
});
export type Vsock = Infer<typeof vsock>;
