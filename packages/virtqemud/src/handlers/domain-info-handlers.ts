import type { Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, reasonNumber, stateNumber } from '@modvirt/core/hypervisor';
import { domainMessageType } from '@modvirt/core/protocol/constants';
import type { domainInfo } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import { cpuTimeNs } from '../process/cpu-time.js';
import { taintMessages } from '../process/taints.js';
import { securityHandlers } from './security-handlers.js';

export function domainInfoHandlers(driver: QemuDriver): Handlers<typeof domainInfo> {
  const { domains } = driver;
  return {
    ...securityHandlers(driver),
    async domainGetInfo({ dom }) {
      const domain = domains.byRef(dom);
      const { current, runtime } = domain;
      return {
        state: stateNumber(domain.state.state),
        maxMem: current.memory.sizeKiB,
        memory: current.currentMemory,
        nrVirtCpu: current.vcpu.current ?? current.vcpu.count,
        cpuTime: runtime === undefined ? 0n : await cpuTimeNs(driver.parts.files, runtime.process.pid),
      };
    },
    domainGetOsType: ({ dom }) => ({ type: domains.byRef(dom).current.os.type?.name ?? 'hvm' }),
    domainIsActive: ({ dom }) => ({ active: domains.byRef(dom).isActive ? 1 : 0 }),
    domainIsPersistent: ({ dom }) => ({ persistent: domains.byRef(dom).isPersistent ? 1 : 0 }),
    domainIsUpdated: ({ dom }) => ({ updated: domains.byRef(dom).isUpdated ? 1 : 0 }),
    domainGetState({ dom, flags }) {
      checkFlags('virDomainGetState', flags, 0, 'QEMU');
      const { state } = domains.byRef(dom);
      return { state: stateNumber(state.state), reason: reasonNumber(state) };
    },
    domainGetControlInfo({ dom, flags }) {
      checkFlags('virDomainGetControlInfo', flags, 0, 'QEMU');
      const domain = domains.byRef(dom);
      if (!domain.isActive)
        throw VirError.of('OPERATION_INVALID', 'domain is not running', { domain: 'DOMAIN' });
      const { short, long } = domain.jobs.running;
      const oldest = [short, long]
        .filter((job) => job !== undefined)
        .sort((a, b) => a.startedMs - b.startedMs)[0];
      if (oldest === undefined) return { state: CONTROL_OK, details: 0, stateTime: 0n };
      const busyMs = Math.max(0, Math.round(driver.clock.now() - oldest.startedMs));
      return { state: CONTROL_JOB, details: 0, stateTime: BigInt(busyMs) };
    },
    domainGetMessages({ dom, flags }) {
      checkFlags('virDomainGetMessages', flags, 3, 'QEMU');
      const { runtime } = domains.byRef(dom);
      const wantsTaints = flags === 0 || (flags & domainMessageType.tainting) !== 0;
      return { msgs: wantsTaints && runtime !== undefined ? taintMessages(runtime.taints) : [] };
    },
  };
}

const CONTROL_OK = 0;
const CONTROL_JOB = 1;
