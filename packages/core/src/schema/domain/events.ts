import { VirError } from '../../errors/vir-error.js';
import { leaf } from '../../xml/attribute.js';
import { optional, withDefault } from '../../xml/field.js';
import { oneOf } from '../../xml/scalars.js';

const plainActions = ['destroy', 'restart', 'rename-restart', 'preserve'] as const;
/** What may happen to a guest that ends, in the order of virDomainLifecycleAction; the later ones only when it crashed. */
export const lifecycleActions = [...plainActions, 'coredump-destroy', 'coredump-restart'] as const;
const action = oneOf(...plainActions);
const crashAction = oneOf(...lifecycleActions);

function badAction(event: string) {
  return {
    invalid: (value: string) => VirError.of('CONFIG_UNSUPPORTED', `unknown ${event} action: ${value}`),
  };
}

/** What happens when the guest ends, by itself or not. */
export const events = {
  on_poweroff: withDefault(leaf(action, badAction('on_poweroff')), 'destroy'),
  on_reboot: withDefault(leaf(action, badAction('on_reboot')), 'restart'),
  on_crash: withDefault(leaf(crashAction, badAction('on_crash')), 'destroy'),
  on_lockfailure: optional(
    leaf(oneOf('poweroff', 'restart', 'pause', 'ignore'), {
      absent: 'default',
      ...badAction('on_lockfailure'),
    }),
  ),
};
