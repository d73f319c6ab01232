import { attr } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { withDefault } from '../../xml/field.js';
import { oneOf } from '../../xml/scalars.js';
import { deviceInfo } from './device-info.js';

/** `<watchdog>`. */
export const watchdog = element('watchdog', {
  model: attr(oneOf('i6300esb', 'ib700', 'diag288', 'itco')),
  action: withDefault(
    attr(oneOf('reset', 'shutdown', 'poweroff', 'pause', 'dump', 'none', 'inject-nmi')),
    'reset',
  ),
  ...deviceInfo,
});
export type Watchdog = Infer<typeof watchdog>;
