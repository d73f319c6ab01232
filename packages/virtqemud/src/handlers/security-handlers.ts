import type { Handlers } from '@modvirt/core/driver';
import type { domainInfo } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import type { QemuDomain } from '../process/qemu-domain.js';

/** No security module labels guests: what keeps them apart is whom they run as. */
const NO_LABEL = { label: '', enforcing: 0 } as const;

type Served = Pick<Handlers<typeof domainInfo>, 'domainGetSecurityLabel' | 'domainGetSecurityLabelList'>;

/** How guests are kept apart. */
export function securityHandlers(driver: QemuDriver): Served {
  const { domains } = driver;
  return {
    domainGetSecurityLabel({ dom }) {
      domains.byRef(dom);
      return NO_LABEL;
    },
    domainGetSecurityLabelList({ dom }) {
      const labels = labelsOf(driver, domains.byRef(dom));
      return { labels, ret: labels.length };
    },
  };
}

// The second model is that of users and groups.
function labelsOf(driver: QemuDriver, domain: QemuDomain) {
  const user = driver.parts.guestUser;
  if (!domain.isActive) return [];
  if (user === undefined) return [NO_LABEL];
  return [NO_LABEL, { label: `+${user.uid}:+${user.gid}`, enforcing: 0 }];
}
