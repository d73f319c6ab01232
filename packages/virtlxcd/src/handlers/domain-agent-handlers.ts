import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, notRunning } from '@modvirt/core/hypervisor';
import type { domainAgent } from '@modvirt/core/protocol/rows';
import type { LxcDriver } from '../driver.js';
import { leasedAddresses } from '../process/network/leased-addresses.js';

/** VIR_DOMAIN_GET_HOSTNAME_LEASE, _AGENT */
const FLAGS = 3;

/** VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE */
const FROM_LEASES = 0;

/** What a guest would be asked; containers have nobody to ask. */
export function domainAgentHandlers(driver: LxcDriver): Handlers<typeof domainAgent> {
  return {
    domainGetHostname({ dom, flags }) {
      checkFlags('virDomainGetHostname', flags, FLAGS, driver.errorDomain);
      const domain = driver.domains.byRef(dom);
      if (!domain.isActive) throw notRunning();
      throw VirError.of('NO_HOSTNAME', `no hostname found for domain ${domain.name}`);
    },
    async domainInterfaceAddresses({ dom, source, flags }, call) {
      checkFlags('virDomainInterfaceAddresses', flags, 0, driver.errorDomain);
      const { live, runtime } = driver.domains.byRef(dom);
      if (live === undefined || runtime === undefined) throw notRunning();
      if (source !== FROM_LEASES) {
        throw VirError.of('ARGUMENT_UNSUPPORTED', `Unsupported IP address data source ${source}`);
      }
      return { ifaces: await leasedAddresses(driver, live, call.signal) };
    },
  };
}
