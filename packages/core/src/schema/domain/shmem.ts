import { attr, childAttr } from '../../xml/attribute.js';
import { child, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf, onOff, string, uint, yesNo } from '../../xml/scalars.js';
import { required } from '../refusals.js';
import { sizeInMiB } from '../size.js';
import { deviceInfo } from './device-info.js';

const server = element('server', { path: optional(attr(string)) }, { whenEmpty: 'keep' });
const msi = element(
  'msi',
  {
    enabled: optional(attr(yesNo)),
    vectors: optional(attr(uint(), { absent: '0' })),
    ioeventfd: optional(attr(onOff)),
  },
  { whenEmpty: 'keep' },
);

/** `<shmem>`: memory that guests share. */
export const shmem = element('shmem', {
  name: attr(string, required("shmem element must contain 'name' attribute")),
  role: optional(attr(oneOf('master', 'peer'), { absent: 'default' })),
  model: optional(childAttr('model', 'type', oneOf('ivshmem', 'ivshmem-plain', 'ivshmem-doorbell'))),
  size: optional(sizeInMiB()),
  server: optional(child(server)),
  msi: optional(child(msi)),
  ...deviceInfo,
});
export type Shmem = Infer<typeof shmem>;
