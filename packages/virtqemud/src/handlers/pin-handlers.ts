import type { Handlers } from '@modvirt/core/driver';
import { checkFlags, iothreadIds, readDefinition, refuseBoth } from '@modvirt/core/hypervisor';
import { domainModificationImpact } from '@modvirt/core/protocol/constants';
import type { domainCpu } from '@modvirt/core/protocol/rows';
import type { Domain, NumberSet } from '@modvirt/core/schema';
import type { QemuDriver } from '../driver.js';
import { queryIothreads } from '../monitor/other-queries.js';
import { monitorFailure } from '../monitor/qmp-link.js';
import type { GuestRuntime } from '../process/guest-runtime.js';
import { affinity, hostCpus } from '../process/proc-facts.js';
import { iothreadNumber } from '../stats/guest-groups.js';
import { cpuMap, cpuMaps, mapLength } from './cpu-maps.js';

const { live: LIVE, config: CONFIG } = domainModificationImpact;

type Served = Pick<
  Handlers<typeof domainCpu>,
  'domainGetVcpuPinInfo' | 'domainGetEmulatorPinInfo' | 'domainGetIothreadInfo'
>;

/** Which of the host's processors a guest's threads may use. */
export function pinHandlers(driver: QemuDriver): Served {
  const { domains } = driver;
  return {
    async domainGetVcpuPinInfo({ dom, ncpumaps, maplen, flags }) {
      refuseBoth('virDomainGetVcpuPinInfo', flags);
      checkFlags('virDomainGetVcpuPinInfo', flags, LIVE | CONFIG, 'QEMU');
      const { definition } = readDefinition(flags, domains.byRef(dom));
      const { online } = await hostCpus(driver.parts.files);
      const count = Math.min(Math.max(0, ncpumaps), definition.vcpu.count);
      const sets = Array.from({ length: count }, (_none, vcpu) => vcpuCpus(definition, vcpu) ?? online);
      return { cpumaps: cpuMaps(sets, maplen), num: count };
    },
    async domainGetEmulatorPinInfo({ dom, maplen, flags }) {
      refuseBoth('virDomainGetEmulatorPinInfo', flags);
      checkFlags('virDomainGetEmulatorPinInfo', flags, LIVE | CONFIG, 'QEMU');
      const { definition } = readDefinition(flags, domains.byRef(dom));
      const { online } = await hostCpus(driver.parts.files);
      const cpus = definition.cputune?.emulatorpin?.cpuset ?? definition.vcpu.cpuset ?? online;
      return { cpumaps: cpuMap(cpus, maplen), ret: 1 };
    },
    async domainGetIothreadInfo({ dom, flags }, call) {
      refuseBoth('virDomainGetIOThreadInfo', flags);
      checkFlags('virDomainGetIOThreadInfo', flags, LIVE | CONFIG, 'QEMU');
      const domain = domains.byRef(dom);
      const { definition, isLive } = readDefinition(flags, domain);
      const { present, online } = await hostCpus(driver.parts.files);
      const threads =
        isLive && domain.runtime !== undefined
          ? await liveIothreads(driver, domain.runtime, call.signal)
          : iothreadIds(definition).map((id) => ({ id, cpus: iothreadCpus(definition, id) ?? online }));
      const length = mapLength(present);
      const info = threads.map(({ id, cpus }) => ({ iothreadId: id, cpumap: cpuMap(cpus, length) }));
      return { info, ret: info.length };
    },
  };
}

function vcpuCpus({ cputune, vcpu }: Domain, number: number): NumberSet | undefined {
  return cputune?.vcpupins.find((it) => it.vcpu === number)?.cpuset ?? vcpu.cpuset;
}

function iothreadCpus({ cputune, vcpu }: Domain, id: number): NumberSet | undefined {
  return cputune?.iothreadpins.find((it) => it.iothread === id)?.cpuset ?? vcpu.cpuset;
}

async function liveIothreads(
  driver: QemuDriver,
  { monitor, process }: GuestRuntime,
  signal: AbortSignal,
): Promise<{ readonly id: number; readonly cpus: NumberSet }[]> {
  try {
    const threads = await queryIothreads(monitor, signal);
    return await Promise.all(
      threads.map(async (it) => ({
        id: iothreadNumber(it),
        cpus: await affinity(driver.parts.files, process.pid, it.threadId),
      })),
    );
  } catch (error) {
    throw monitorFailure(error);
  }
}
