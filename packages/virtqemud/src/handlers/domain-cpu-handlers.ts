import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import {
  answerParameters,
  checkFlags,
  numaParameters,
  perfParameters,
  readDefinition,
  refuseBoth,
  type SchedulerLimits,
  schedulerParameters,
} from '@modvirt/core/hypervisor';
import { ullongParameter } from '@modvirt/core/protocol';
import { domainModificationImpact, typedParameterFlags } from '@modvirt/core/protocol/constants';
import type { domainCpu } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import { cpuTimes } from '../process/cpu-time.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { threadSetters } from './device-tuning-setters.js';
import { pinHandlers } from './pin-handlers.js';
import { pinSetters } from './pin-setters.js';
import { setVcpusHandlers } from './set-vcpus-handlers.js';
import { cpuTuningSetters } from './tuning-setters.js';
import { vcpuHandlers } from './vcpu-handlers.js';

const { live: LIVE, config: CONFIG } = domainModificationImpact;
const READ_FLAGS = LIVE | CONFIG | typedParameterFlags.paramStringOkay;
/** How many parameters the scheduler has. */
const SCHEDULER_PARAMETERS = 9;

/** Processors, threads and what the host's scheduler is told of them. */
export function domainCpuHandlers(driver: QemuDriver): Handlers<typeof domainCpu> {
  const { domains } = driver;
  return {
    ...vcpuHandlers(driver),
    ...setVcpusHandlers(driver),
    ...pinHandlers(driver),
    ...pinSetters(driver),
    ...cpuTuningSetters(driver),
    ...threadSetters(driver),
    domainGetSchedulerType({ dom }) {
      domains.byRef(dom);
      return { type: 'posix', nparams: SCHEDULER_PARAMETERS };
    },
    domainGetSchedulerParameters({ dom, nparams }) {
      return { params: readScheduler(domains.byRef(dom), 0).slice(0, Math.max(0, nparams)) };
    },
    domainGetSchedulerParametersFlags({ dom, nparams, flags }) {
      const api = 'virDomainGetSchedulerParametersFlags';
      refuseBoth(api, flags);
      checkFlags(api, flags, READ_FLAGS, 'QEMU');
      return { params: readScheduler(domains.byRef(dom), flags).slice(0, Math.max(0, nparams)) };
    },
    domainGetNumaParameters({ dom, nparams, flags }) {
      checkFlags('virDomainGetNumaParameters', flags, READ_FLAGS, 'QEMU');
      const { definition } = readDefinition(flags, domains.byRef(dom));
      return answerParameters(numaParameters(definition), nparams, flags);
    },
    domainGetPerfEvents({ dom, flags }) {
      checkFlags('virDomainGetPerfEvents', flags, READ_FLAGS, 'QEMU');
      return { params: perfParameters(readDefinition(flags, domains.byRef(dom)).definition) };
    },
    async domainGetCpuStats({ dom, nparams, startCpu, flags }) {
      checkFlags('virDomainGetCPUStats', flags, typedParameterFlags.paramStringOkay, 'QEMU');
      const domain = domains.byRef(dom);
      const { runtime } = domain;
      if (runtime === undefined)
        throw VirError.of('OPERATION_INVALID', 'domain is not running', { domain: 'DOMAIN' });
      // Shares of single processors are counted by a control group only.
      if (startCpu !== -1) throw noController('CPUACCT');
      const { userNs, systemNs } = await cpuTimes(driver.parts.files, runtime.process.pid);
      return answerParameters(
        [
          ullongParameter('cpu_time', userNs + systemNs),
          ullongParameter('user_time', userNs),
          ullongParameter('system_time', systemNs),
        ],
        nparams,
      );
    },
  };
}

/** Of a domain that runs, what is in effect: no control group of its own limits it. */
function readScheduler(domain: QemuDomain, flags: number) {
  const { definition, isLive } = readDefinition(flags, domain);
  return schedulerParameters(isLive ? UNLIMITED : (definition.cputune ?? {}));
}

const UNLIMITED: SchedulerLimits = {
  shares: 1024n,
  period: 100_000n,
  quota: -1n,
  emulator_period: 100_000n,
  emulator_quota: -1n,
  global_period: 100_000n,
  global_quota: -1n,
  iothread_period: 100_000n,
  iothread_quota: -1n,
};

export function noController(name: string): VirError {
  return VirError.of('OPERATION_INVALID', `cgroup ${name} controller is not mounted`);
}
