import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, notRunning } from '@modvirt/core/hypervisor';
import { domainGetJobStatsFlags } from '@modvirt/core/protocol/constants';
import type { domainJobs } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import { removeManagedSave } from '../process/managed-save.js';

/** virDomainJobType: nothing that takes its time is going on. */
const NO_JOB = 0;

const NOTHING = {
  type: NO_JOB,
  timeElapsed: 0n,
  timeRemaining: 0n,
  dataTotal: 0n,
  dataProcessed: 0n,
  dataRemaining: 0n,
  memTotal: 0n,
  memProcessed: 0n,
  memRemaining: 0n,
  fileTotal: 0n,
  fileProcessed: 0n,
  fileRemaining: 0n,
} as const;

/** Long jobs of domains, and what they leave behind. */
export function domainJobsHandlers(driver: QemuDriver): Handlers<typeof domainJobs> {
  const { domains } = driver;
  return {
    domainGetJobInfo({ dom }) {
      if (!domains.byRef(dom).isActive) throw notRunning();
      return NOTHING;
    },
    domainGetJobStats({ dom, flags }) {
      const api = 'virDomainGetJobStats';
      const { completed, keepCompleted } = domainGetJobStatsFlags;
      if ((flags & keepCompleted) !== 0 && (flags & completed) === 0) {
        const text =
          "Flag 'VIR_DOMAIN_JOB_STATS_COMPLETED' is required by flag 'VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED'";
        throw VirError.invalidArgument(api, 'ctl', text, 'DOMAIN');
      }
      checkFlags(api, flags, completed | keepCompleted, 'QEMU');
      const domain = domains.byRef(dom);
      if ((flags & completed) === 0 && !domain.isActive) throw notRunning();
      return { type: NO_JOB, params: [] };
    },
    domainAbortJob({ dom }) {
      const domain = domains.byRef(dom);
      if (!domain.isActive) throw notRunning();
      const reason = VirError.of('OPERATION_ABORTED', 'canceled by client');
      if (domain.jobs.abortLong(reason)) return;
      throw VirError.of('OPERATION_INVALID', 'no job is active on the domain');
    },
    domainHasManagedSaveImage({ dom, flags }) {
      checkFlags('virDomainHasManagedSaveImage', flags, 0, 'QEMU');
      return { result: domains.byRef(dom).hasManagedSave ? 1 : 0 };
    },
    async domainManagedSaveRemove({ dom, flags }, call) {
      const api = 'virDomainManagedSaveRemove';
      checkFlags(api, flags, 0, 'QEMU');
      const domain = domains.byRef(dom);
      await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, () =>
        removeManagedSave(driver, domain),
      );
    },
  };
}
