import type { Handlers } from '@modvirt/core/driver';
import type { connect } from '@modvirt/core/protocol/rows';
import type { LxcDriver } from '../driver.js';

/** Definitions from what other tools have written down. */
export function domainFromNative(_driver: LxcDriver): Pick<Handlers<typeof connect>, never> {
  return {};
}
