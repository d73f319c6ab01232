import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, notRunning } from '@modvirt/core/hypervisor';
import type { domainAgent } from '@modvirt/core/protocol/rows';
import type { LxcDriver } from '../driver.js';

/** VIR_DOMAIN_GET_HOSTNAME_LEASE, _AGENT */
const FLAGS = 3;

/** What a guest would be asked; containers have nobody to ask. */
export function domainAgentHandlers(driver: LxcDriver): Handlers<typeof domainAgent> {
  return {
    domainGetHostname({ dom, flags }) {
      checkFlags('virDomainGetHostname', flags, FLAGS, driver.errorDomain);
      const domain = driver.domains.byRef(dom);
      if (!domain.isActive) throw notRunning();
      throw VirError.of('NO_HOSTNAME', `no hostname found for domain ${domain.name}`);
    },
  };
}
