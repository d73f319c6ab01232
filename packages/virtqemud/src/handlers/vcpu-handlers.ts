import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags, impactOf, refuseBoth } from '@modvirt/core/hypervisor';
import { domainVcpuFlags as flag, vcpuState } from '@modvirt/core/protocol/constants';
import type { domainCpu } from '@modvirt/core/protocol/rows';
import { field, list } from '../agent/replies.js';
import type { QemuDriver } from '../driver.js';
import { withAgent } from '../process/ask-agent.js';
import { affinity, threadFacts } from '../process/proc-facts.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { cpuMaps } from './cpu-maps.js';

const COUNT_FLAGS = flag.live | flag.config | flag.maximum | flag.guest;

type Served = Pick<
  Handlers<typeof domainCpu>,
  'domainGetMaxVcpus' | 'domainGetVcpus' | 'domainGetVcpusFlags'
>;

/** How many processors a guest has, and what they do. */
export function vcpuHandlers(driver: QemuDriver): Served {
  const { domains } = driver;
  return {
    async domainGetMaxVcpus({ dom }, call) {
      const flags = flag.live | flag.maximum;
      return { num: await countVcpus(driver, domains.byRef(dom), flags, call) };
    },
    async domainGetVcpusFlags({ dom, flags }, call) {
      const api = 'virDomainGetVcpusFlags';
      refuseBoth(api, flags);
      checkFlags(api, flags, COUNT_FLAGS, 'QEMU');
      return { num: await countVcpus(driver, domains.byRef(dom), flags, call) };
    },
    async domainGetVcpus({ dom, maxinfo, maplen }) {
      const { runtime } = domains.byRef(dom);
      if (runtime === undefined) {
        throw VirError.of('OPERATION_INVALID', 'cannot retrieve vcpu information for inactive domain');
      }
      const { files } = driver.parts;
      const { pid } = runtime.process;
      const vcpus = await Promise.all(
        runtime.vcpuThreads.slice(0, Math.max(0, maxinfo)).map(async ({ id, threadId }) => {
          const [thread, cpus] = await Promise.all([
            threadFacts(files, pid, threadId),
            affinity(files, pid, threadId),
          ]);
          const info = {
            number: id,
            state: vcpuState.running,
            cpuTime: thread.userNs + thread.systemNs,
            cpu: thread.lastCpu,
          };
          return { info, cpus };
        }),
      );
      return {
        info: vcpus.map((it) => it.info),
        cpumaps: cpuMaps(
          vcpus.map((it) => it.cpus),
          maplen,
        ),
      };
    },
  };
}

async function countVcpus(
  driver: QemuDriver,
  domain: QemuDomain,
  flags: number,
  call: Call,
): Promise<number> {
  const isMaximum = (flags & flag.maximum) !== 0;
  const { live } = impactOf(flags, domain);
  if ((flags & flag.guest) !== 0) {
    if (!domain.isActive) {
      throw VirError.of(
        'INVALID_ARG',
        'vCPU count provided by the guest agent can only be requested for live domains',
      );
    }
    return guestCount(driver, domain, isMaximum, call);
  }
  const definition = live ? domain.current : (domain.persistent ?? domain.current);
  return isMaximum ? definition.vcpu.count : (definition.vcpu.current ?? definition.vcpu.count);
}

/** As the guest's agent counts: all, or those that the guest uses. */
async function guestCount(driver: QemuDriver, domain: QemuDomain, all: boolean, call: Call): Promise<number> {
  return withAgent(driver, domain, 'virDomainGetVcpusFlags', call, async ({ command }) => {
    const vcpus = list(await command('guest-get-vcpus'));
    return all ? vcpus.length : vcpus.filter((it) => field(it, 'online') === true).length;
  });
}
