import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, notRunning } from '@modvirt/core/hypervisor';
import { domainAbortJobFlags, domainGetJobStatsFlags } from '@modvirt/core/protocol/constants';
import type { domainJobs } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import { removeManagedSave } from '../process/managed-save.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { type JobReport, jobParameters } from '../save/long-jobs.js';
import { dumpHandlers } from './dump-handlers.js';
import { saveHandlers } from './save-handlers.js';
import { saveImageHandlers } from './save-image-handlers.js';

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
    ...saveHandlers(driver),
    ...saveImageHandlers(driver),
    ...dumpHandlers(driver),
    async domainGetJobInfo({ dom }, call) {
      const domain = domains.byRef(dom);
      if (!domain.isActive) throw notRunning();
      const report = await driver.longJobs.report(domain, call.signal);
      return report === undefined ? NOTHING : jobInfo(report);
    },
    domainGetJobStats: ({ dom, flags }, call) => jobStats(driver, domains.byRef(dom), flags, call),
    domainAbortJob: ({ dom }) => abortJob(driver, domains.byRef(dom), 0),
    domainAbortJobFlags: ({ dom, flags }) => abortJob(driver, domains.byRef(dom), flags),
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

function jobInfo({ type, elapsedMs, figures }: JobReport): {
  readonly [K in keyof typeof NOTHING]: (typeof NOTHING)[K] extends bigint ? bigint : number;
} {
  const [total, processed, remaining] = [
    BigInt(figures?.totalBytes ?? 0),
    BigInt(figures?.processedBytes ?? 0),
    BigInt(figures?.remainingBytes ?? 0),
  ];
  return {
    ...NOTHING,
    type,
    timeElapsed: BigInt(elapsedMs),
    dataTotal: total,
    dataProcessed: processed,
    dataRemaining: remaining,
    memTotal: total,
    memProcessed: processed,
    memRemaining: remaining,
  };
}

async function jobStats(
  driver: QemuDriver,
  domain: QemuDomain,
  flags: number,
  call: Call,
): Promise<{ readonly type: number; readonly params: ReturnType<typeof jobParameters> }> {
  const api = 'virDomainGetJobStats';
  const { completed, keepCompleted } = domainGetJobStatsFlags;
  if ((flags & keepCompleted) !== 0 && (flags & completed) === 0) {
    const text =
      "Flag 'VIR_DOMAIN_JOB_STATS_COMPLETED' is required by flag 'VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED'";
    throw VirError.invalidArgument(api, 'ctl', text, 'DOMAIN');
  }
  checkFlags(api, flags, completed | keepCompleted, 'QEMU');
  const isCompleted = (flags & completed) !== 0;
  if (!isCompleted && !domain.isActive) throw notRunning();
  const report = isCompleted
    ? driver.longJobs.completed(domain)
    : await driver.longJobs.report(domain, call.signal);
  if (isCompleted && (flags & keepCompleted) === 0) driver.longJobs.forgetCompleted(domain);
  return report === undefined
    ? { type: NO_JOB, params: [] }
    : { type: report.type, params: jobParameters(report) };
}

function abortJob(driver: QemuDriver, domain: QemuDomain, flags: number): void {
  checkFlags('virDomainAbortJobFlags', flags, domainAbortJobFlags.postcopy, 'QEMU');
  if (!domain.isActive) throw notRunning();
  if ((flags & domainAbortJobFlags.postcopy) !== 0) {
    throw VirError.of('OPERATION_INVALID', 'current job is not outgoing migration in post-copy mode');
  }
  const { long } = domain.jobs.running;
  if (long === undefined) throw VirError.of('OPERATION_INVALID', 'no job is active on the domain');
  const reason = driver.longJobs.uncancellable(domain);
  if (reason !== undefined) throw VirError.of('OPERATION_INVALID', reason);
  if (long.kind === 'start')
    throw VirError.of('OPERATION_INVALID', 'cannot abort VM start; use virDomainDestroy instead');
  domain.jobs.abortLong(driver.longJobs.cancelled(domain));
}
