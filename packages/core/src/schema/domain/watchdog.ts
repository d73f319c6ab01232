import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { element, type Infer } from '../../xml/element.js';
import { withDefault } from '../../xml/field.js';
import { oneOf } from '../../xml/scalars.js';
import { unknown } from '../refusals.js';
import { deviceInfo } from './device-info.js';

/** `<watchdog>`. */
export const watchdog = element('watchdog', {
  model: attr(oneOf('i6300esb', 'ib700', 'diag288', 'itco'), {
    ...unknown('watchdog model'),
    missing: () => VirError.of('INTERNAL_ERROR', 'watchdog must contain model name'),
  }),
  action: withDefault(
    attr(
      oneOf('reset', 'shutdown', 'poweroff', 'pause', 'dump', 'none', 'inject-nmi'),
      unknown('watchdog action'),
    ),
    'reset',
  ),
  ...deviceInfo,
});
export type Watchdog = Infer<typeof watchdog>;
