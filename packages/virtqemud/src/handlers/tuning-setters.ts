import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import {
  blkioChange,
  checkFlags,
  editDefinitions,
  impactOf,
  memoryChange,
  numaChange,
  schedulerChange,
} from '@modvirt/core/hypervisor';
import type { TypedParameter } from '@modvirt/core/protocol';
import { domainModificationImpact } from '@modvirt/core/protocol/constants';
import type { domainBlock, domainCpu, domainMemory } from '@modvirt/core/protocol/rows';
import type { Domain } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import type { QemuDomain } from '../process/qemu-domain.js';

const { live: LIVE, config: CONFIG, current: CURRENT } = domainModificationImpact;

interface Tuning {
  readonly api: string;
  readonly params: readonly TypedParameter[];
  readonly flags: number;
  readonly read: (params: readonly TypedParameter[], errorDomain: 'QEMU') => (domain: Domain) => Domain;
  /** What a domain that runs lacks. */
  readonly missing: string;
}

/** Changes what is asked of the host for a guest. It takes effect at the guest's next start. */
async function tune(driver: QemuDriver, domain: QemuDomain, tuning: Tuning, call: Call): Promise<void> {
  const { api, flags } = tuning;
  checkFlags(api, flags, LIVE | CONFIG, 'QEMU');
  await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async () => {
    const impact = impactOf(flags, domain);
    if (impact.live) throw VirError.of('OPERATION_INVALID', tuning.missing);
    await editDefinitions(driver, domain, impact, tuning.read(tuning.params, 'QEMU'));
  });
}

const changeScheduler: Tuning['read'] = (params, errorDomain) => schedulerChange(params, errorDomain);

type CpuServed = Pick<
  Handlers<typeof domainCpu>,
  'domainSetSchedulerParameters' | 'domainSetSchedulerParametersFlags' | 'domainSetNumaParameters'
>;

export function cpuTuningSetters(driver: QemuDriver): CpuServed {
  const { domains } = driver;
  const schedule = (
    domain: QemuDomain,
    { params, flags }: Pick<Tuning, 'params' | 'flags'>,
    call: Call,
  ): Promise<void> => {
    const api = 'virDomainSetSchedulerParametersFlags';
    const missing = 'cgroup CPU controller is not mounted';
    return tune(driver, domain, { api, params, flags, read: changeScheduler, missing }, call);
  };
  return {
    domainSetSchedulerParameters: ({ dom, params }, call) =>
      schedule(domains.byRef(dom), { params, flags: CURRENT }, call),
    domainSetSchedulerParametersFlags: ({ dom, params, flags }, call) =>
      schedule(domains.byRef(dom), { params, flags }, call),
    domainSetNumaParameters({ dom, params, flags }, call) {
      const api = 'virDomainSetNumaParameters';
      const missing = 'cgroup cpuset controller is not mounted';
      return tune(driver, domains.byRef(dom), { api, params, flags, read: numaChange, missing }, call);
    },
  };
}

export function memoryTuningSetters(
  driver: QemuDriver,
): Pick<Handlers<typeof domainMemory>, 'domainSetMemoryParameters'> {
  return {
    domainSetMemoryParameters({ dom, params, flags }, call) {
      const api = 'virDomainSetMemoryParameters';
      const missing = 'cgroup memory controller is not mounted';
      const tuning = { api, params, flags, read: memoryChange, missing };
      return tune(driver, driver.domains.byRef(dom), tuning, call);
    },
  };
}

export function blockTuningSetters(
  driver: QemuDriver,
): Pick<Handlers<typeof domainBlock>, 'domainSetBlkioParameters'> {
  return {
    domainSetBlkioParameters({ dom, params, flags }, call) {
      const api = 'virDomainSetBlkioParameters';
      const missing = "blkio cgroup isn't mounted";
      const tuning = { api, params, flags, read: blkioChange, missing };
      return tune(driver, driver.domains.byRef(dom), tuning, call);
    },
  };
}
