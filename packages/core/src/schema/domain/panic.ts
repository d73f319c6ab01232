import { attr } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { oneOf } from '../../xml/scalars.js';
import { unknown } from '../refusals.js';
import { deviceInfo } from './device-info.js';

/** `<panic>`: tells the host that the guest crashed. */
export const panic = element(
  'panic',
  {
    model: optional(
      attr(oneOf('isa', 'pseries', 'hyperv', 's390', 'pvpanic'), {
        absent: 'default',
        ...unknown('panic model'),
      }),
    ),
    ...deviceInfo,
  },
  { whenEmpty: 'keep' },
);
export type Panic = Infer<typeof panic>;
