import type { Handlers } from '@modvirt/core/driver';
import type { connect } from '@modvirt/core/protocol/rows';
import type { LxcDriver } from '../driver.js';

export function domainStatsHandlers(_driver: LxcDriver): Pick<Handlers<typeof connect>, never> {
  return {};
}
