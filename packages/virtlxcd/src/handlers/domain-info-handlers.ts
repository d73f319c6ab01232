import type { Handlers } from '@modvirt/core/driver';
import {
  checkFlags,
  readCpuUsage,
  readMemoryUsage,
  reasonNumber,
  stateNumber,
} from '@modvirt/core/hypervisor';
import type { domainInfo } from '@modvirt/core/protocol/rows';
import type { LxcDriver } from '../driver.js';

export function domainInfoHandlers(driver: LxcDriver): Handlers<typeof domainInfo> {
  const { domains } = driver;
  return {
    async domainGetInfo({ dom }) {
      const domain = domains.byRef(dom);
      const { current, runtime } = domain;
      const usage = runtime === undefined ? undefined : await readCpuUsage(runtime.cgroup);
      const memory = runtime === undefined ? undefined : await readMemoryUsage(runtime.cgroup);
      return {
        state: stateNumber(domain.state.state),
        maxMem: current.memory.sizeKiB,
        memory: memory ?? current.currentMemory,
        nrVirtCpu: current.vcpu.current ?? current.vcpu.count,
        cpuTime: usage?.totalNs ?? 0n,
      };
    },
    domainGetOsType: ({ dom }) => ({ type: domains.byRef(dom).current.os.type?.name ?? 'exe' }),
    domainIsActive: ({ dom }) => ({ active: domains.byRef(dom).isActive ? 1 : 0 }),
    domainIsPersistent: ({ dom }) => ({ persistent: domains.byRef(dom).isPersistent ? 1 : 0 }),
    domainIsUpdated: ({ dom }) => ({ updated: domains.byRef(dom).isUpdated ? 1 : 0 }),
    domainGetState({ dom, flags }) {
      checkFlags('virDomainGetState', flags, 0, driver.errorDomain);
      const { state } = domains.byRef(dom);
      return { state: stateNumber(state.state), reason: reasonNumber(state) };
    },
    domainGetSecurityLabel({ dom }) {
      domains.byRef(dom);
      return { label: '', enforcing: 0 };
    },
  };
}
