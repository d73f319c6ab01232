import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, nodeHandlers, readContainerHost } from '@modvirt/core/hypervisor';
import type { connect, node } from '@modvirt/core/protocol/rows';
import { formatCapabilities } from '@modvirt/core/schema';
import { guestCapabilities } from '../capabilities/guest-capabilities.js';
import type { LxcDriver } from '../driver.js';
import { domainStatsHandlers } from './domain-stats-handlers.js';
import { domainFromNative } from './native-config-handlers.js';

/** The release of libvirt whose interface this is: what clients compare versions with. */
const LIBVIRT_VERSION = 11_003_000n;

/** Typed strings (VIR_DRV_FEATURE_TYPED_PARAM_STRING), and descriptors with calls (…_FD_PASSING). */
const FEATURES: ReadonlySet<number> = new Set([9, 16]);

/** Nobody labels containers. */
const SECURITY = [{ model: 'none', doi: '0', baselabels: [] }];

export function connectHandlers(driver: LxcDriver): Handlers<typeof connect> {
  const { machine, host } = driver.parts;
  return {
    ...domainStatsHandlers(driver),
    ...domainFromNative(driver),
    connectGetType: () => ({ type: 'LXC' }),
    connectGetVersion: () => ({ hvVer: kernelVersion(host.kernel()) }),
    connectGetLibVersion: () => ({ libVer: LIBVIRT_VERSION }),
    connectGetHostname: () => ({ hostname: host.hostname() }),
    connectGetUri: (_args, call) => ({ uri: call.session.uri }),
    connectIsSecure: () => ({ secure: 1 }),
    connectSupportsFeature: ({ feature }) => ({ supported: FEATURES.has(feature) ? 1 : 0 }),
    async connectGetCapabilities() {
      const found = await readContainerHost(machine, SECURITY);
      const guests = guestCapabilities(machine.reader.arch);
      return { capabilities: formatCapabilities({ host: found, guests: [...guests] }) };
    },
    connectGetSysinfo({ flags }) {
      checkFlags('virConnectGetSysinfo', flags, 0, driver.errorDomain);
      throw VirError.of('CONFIG_UNSUPPORTED', 'Host SMBIOS information is not available');
    },
  };
}

export function lxcNodeHandlers(driver: LxcDriver): Handlers<typeof node> {
  return {
    ...nodeHandlers(driver.parts.machine.reader, driver.errorDomain),
    nodeGetSecurityModel: () => ({ model: 'none', doi: '0' }),
  };
}

/** `6018044` for 6.18.44. */
function kernelVersion(release: string): bigint {
  const [, major = '0', minor = '0', micro = '0'] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(release) ?? [];
  return BigInt(major) * 1_000_000n + BigInt(minor) * 1000n + BigInt(micro);
}
