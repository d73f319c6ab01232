import type { Handlers } from '@modvirt/core/driver';
import { checkFlags } from '@modvirt/core/hypervisor';
import type { domainJobs } from '@modvirt/core/protocol/rows';
import type { LxcDriver } from '../driver.js';

/** Containers are never saved. */
export function domainJobsHandlers({ domains, errorDomain }: LxcDriver): Handlers<typeof domainJobs> {
  return {
    domainHasManagedSaveImage({ dom, flags }) {
      checkFlags('virDomainHasManagedSaveImage', flags, 0, errorDomain);
      domains.byRef(dom);
      return { result: 0 };
    },
  };
}
