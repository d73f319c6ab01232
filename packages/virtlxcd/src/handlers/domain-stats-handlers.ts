import type { Handlers } from '@modvirt/core/driver';
import {
  checkFlags,
  type DeviceCounters,
  interfaceGroup,
  networkDevices,
  passesFilters,
  readBlockFigures,
  readCpuUsage,
  readMemoryUsage,
  stateGroup,
} from '@modvirt/core/hypervisor';
import { type TypedParameter, uintParameter, ullongParameter } from '@modvirt/core/protocol';
import {
  allBits,
  domainStatsTypes,
  connectGetAllDomainStatsFlags as flag,
} from '@modvirt/core/protocol/constants';
import type { connect } from '@modvirt/core/protocol/rows';
import type { ContainerDomain } from '../container-runtime.js';
import type { LxcDriver } from '../driver.js';

const OPTIONS = flag.nowait | flag.backing | flag.enforceStats;
const FILTERS = allBits(flag) & ~OPTIONS;

/** Figures of many containers, from their control groups. */
export function domainStatsHandlers(
  driver: LxcDriver,
): Pick<Handlers<typeof connect>, 'connectGetAllDomainStats'> {
  return {
    async connectGetAllDomainStats({ doms, stats, flags }) {
      checkFlags('virConnectGetAllDomainStats', flags, allBits(flag), driver.errorDomain);
      const named = doms.map(({ uuid }) => driver.domains.findByUuid(uuid)).filter((it) => it !== undefined);
      const domains = (doms.length === 0 ? [...driver.domains] : named).filter((it) =>
        passesFilters(flags & FILTERS, it),
      );
      const devices = await networkDevices(driver.parts.files);
      const records = domains.map(async (domain) => ({
        dom: { ...domain.reference },
        params: await figures(domain, stats, devices),
      }));
      return { retStats: await Promise.all(records) };
    },
  };
}

async function figures(
  domain: ContainerDomain,
  asked: number,
  devices: ReadonlyMap<string, DeviceCounters>,
): Promise<readonly TypedParameter[]> {
  const wants = (group: number): boolean => asked === 0 || (asked & group) !== 0;
  const groups: readonly (readonly [number, () => TypedParameter[] | Promise<TypedParameter[]>])[] = [
    [domainStatsTypes.state, () => stateGroup(domain.state)],
    [domainStatsTypes.cpuTotal, () => cpuGroup(domain)],
    [domainStatsTypes.balloon, () => balloonGroup(domain)],
    [domainStatsTypes.vcpu, () => vcpuGroup(domain)],
    [
      domainStatsTypes.interface,
      () => (domain.live === undefined ? [] : interfaceGroup(domain.live, devices)),
    ],
    [domainStatsTypes.block, () => blockGroup(domain)],
  ];
  const found = groups.filter(([group]) => wants(group)).map(([, read]) => read());
  return (await Promise.all(found)).flat();
}

async function cpuGroup({ runtime }: ContainerDomain): Promise<TypedParameter[]> {
  const usage = runtime === undefined ? undefined : await readCpuUsage(runtime.cgroup);
  if (usage === undefined) return [];
  return [
    ullongParameter('cpu.time', usage.totalNs),
    ullongParameter('cpu.user', usage.userNs),
    ullongParameter('cpu.system', usage.systemNs),
  ];
}

async function balloonGroup({ current, runtime }: ContainerDomain): Promise<TypedParameter[]> {
  const usage = runtime === undefined ? undefined : await readMemoryUsage(runtime.cgroup);
  return [
    ullongParameter('balloon.current', current.currentMemory),
    ullongParameter('balloon.maximum', current.memory.sizeKiB),
    ...(usage === undefined ? [] : [ullongParameter('balloon.rss', usage)]),
  ];
}

function vcpuGroup({ current }: ContainerDomain): TypedParameter[] {
  const { vcpu } = current;
  return [
    uintParameter('vcpu.current', vcpu.current ?? vcpu.count),
    uintParameter('vcpu.maximum', vcpu.count),
  ];
}

/** All devices together: a container's files are on whatever the host has them on. */
async function blockGroup({ runtime }: ContainerDomain): Promise<TypedParameter[]> {
  if (runtime?.cgroup.place('blkio') === undefined) return [];
  const found = await readBlockFigures(runtime.cgroup);
  return [
    ullongParameter('block.rd.reqs', found.readOperations),
    ullongParameter('block.rd.bytes', found.readBytes),
    ullongParameter('block.wr.reqs', found.writeOperations),
    ullongParameter('block.wr.bytes', found.writeBytes),
  ];
}
