import type { Handlers } from '@modvirt/core/driver';
import { domainConfigHandlers } from '@modvirt/core/hypervisor';
import type { domainConfig } from '@modvirt/core/protocol/rows';
import type { LxcDriver } from '../driver.js';

/** As every hypervisor answers, but for what libvirt's containers cannot do. */
export function lxcConfigHandlers(driver: LxcDriver): Handlers<typeof domainConfig> {
  const {
    domainRename: _rename,
    domainSetLifecycleAction: _action,
    ...handlers
  } = domainConfigHandlers(driver);
  return handlers;
}
