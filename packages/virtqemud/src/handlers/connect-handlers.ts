import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import type { connect } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';

/** The release of libvirt whose interface this is: what clients compare versions with. */
const LIBVIRT_VERSION = 11_003_000n;

// Features that clients ask for by number (virDrvFeature): migration in its versions, typed strings, … as libvirt's driver has
// them. Migration itself is not there yet, so its features are not claimed.
const FEATURES: ReadonlySet<number> = new Set([9, 11, 16]);

export function connectHandlers(driver: QemuDriver): Handlers<typeof connect> {
  return {
    connectGetType: () => ({ type: 'QEMU' }),
    async connectGetVersion(_args, call) {
      return { hvVer: BigInt((await driver.defaultCapabilities(call.signal)).version) };
    },
    connectGetLibVersion: () => ({ libVer: LIBVIRT_VERSION }),
    connectGetHostname: () => ({ hostname: driver.host.hostname() }),
    connectGetUri: (_args, call) => ({ uri: call.session.uri }),
    connectIsSecure: () => ({ secure: 1 }),
    connectSupportsFeature: ({ feature }) => ({ supported: FEATURES.has(feature) ? 1 : 0 }),
    async connectGetCapabilities(_args, call) {
      return { capabilities: await driver.capabilitiesXml(call.signal) };
    },
    async connectGetDomainCapabilities({ emulatorbin, arch, machine, virttype, flags }, call) {
      if (flags !== 0) throw VirError.unsupportedFlags('virConnectGetDomainCapabilities', flags, 'QEMU');
      const wanted = { emulator: emulatorbin, arch, machine, virtType: virttype };
      return { capabilities: await driver.domainCapabilitiesXml(wanted, call.signal) };
    },
  };
}
