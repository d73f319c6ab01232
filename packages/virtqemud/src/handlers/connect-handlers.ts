import type { Handlers } from '@modvirt/core/driver';
import type { connect } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import { domainStatsHandlers } from './domain-stats-handlers.js';

// Features that clients ask for by number (virDrvFeature): migration in its versions, typed strings, … as libvirt's driver has
// them. Migration itself is not there yet, so its features are not claimed.
const FEATURES: ReadonlySet<number> = new Set([9, 11, 16]);

export function connectHandlers(driver: QemuDriver): Handlers<typeof connect> {
  return {
    ...domainStatsHandlers(driver),
    connectGetType: () => ({ type: 'QEMU' }),
    async connectGetVersion(_args, call) {
      return { hvVer: BigInt((await driver.hostCapabilities(call.signal)).version) };
    },
    connectGetHostname: () => ({ hostname: driver.parts.host.hostname() }),
    connectGetUri: (_args, call) => ({ uri: call.session.uri }),
    connectIsSecure: () => ({ secure: 1 }),
    connectSupportsFeature: ({ feature }) => ({ supported: FEATURES.has(feature) ? 1 : 0 }),
  };
}
