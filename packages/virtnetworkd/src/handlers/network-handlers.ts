import type { Handlers } from '@modvirt/core/driver';
import type { network } from '@modvirt/core/protocol/rows';
import type { NetworkDriver } from '../driver.js';
import { networkConfigHandlers } from './network-config-handlers.js';
import { networkLeaseHandlers } from './network-lease-handlers.js';
import { networkLifecycleHandlers } from './network-lifecycle-handlers.js';
import { networkListHandlers } from './network-list-handlers.js';
import { networkMetadataHandlers } from './network-metadata-handlers.js';
import { networkPortListHandlers } from './network-port-handlers.js';

/** Everything about networks, the list of their ports included. */
export function networkHandlers(driver: NetworkDriver): Handlers<typeof network> {
  return {
    ...networkListHandlers(driver),
    ...networkConfigHandlers(driver),
    ...networkLifecycleHandlers(driver),
    ...networkLeaseHandlers(driver),
    ...networkMetadataHandlers(driver),
    ...networkPortListHandlers(driver),
  };
}
