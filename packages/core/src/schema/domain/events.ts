import { leaf } from '../../xml/attribute.js';
import { optional, withDefault } from '../../xml/field.js';
import { oneOf } from '../../xml/scalars.js';

const action = oneOf('destroy', 'restart', 'rename-restart', 'preserve');
const crashAction = oneOf(
  'destroy',
  'restart',
  'rename-restart',
  'preserve',
  'coredump-destroy',
  'coredump-restart',
);

/** What happens when the guest ends, by itself or not. */
export const events = {
  on_poweroff: withDefault(leaf(action), 'destroy'),
  on_reboot: withDefault(leaf(action), 'restart'),
  on_crash: withDefault(leaf(crashAction), 'destroy'),
  on_lockfailure: optional(leaf(oneOf('poweroff', 'restart', 'pause', 'ignore'), { absent: 'default' })),
};
