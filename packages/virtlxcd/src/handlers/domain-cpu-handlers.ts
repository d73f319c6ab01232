import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import {
  answerParameters,
  type Cgroup,
  checkFlags,
  editDefinitions,
  impactOf,
  notRunning,
  readCpuBandwidth,
  readCpuUsage,
  readCpuUsageEach,
  readDefinition,
  refuseBoth,
  type SchedulerLimits,
  schedulerChange,
  schedulerParameters,
  setCpuPeriod,
  setCpuQuota,
  setCpuShares,
} from '@modvirt/core/hypervisor';
import { type TypedParameter, ullongParameter } from '@modvirt/core/protocol';
import { domainModificationImpact, typedParameterFlags } from '@modvirt/core/protocol/constants';
import type { domainCpu } from '@modvirt/core/protocol/rows';
import type { Domain } from '@modvirt/core/schema';
import type { ContainerDomain } from '../container-runtime.js';
import type { LxcDriver } from '../driver.js';

const { live: LIVE, config: CONFIG, current: CURRENT } = domainModificationImpact;
const READ_FLAGS = LIVE | CONFIG | typedParameterFlags.paramStringOkay;

const TYPES = { cpu_shares: 'ullong', vcpu_period: 'ullong', vcpu_quota: 'llong' } as const;
/** The first of what there is: the rest is about threads that containers have not. */
const COUNT = 3;
const ALL_CPUS = -1;

export function domainCpuHandlers(driver: LxcDriver): Handlers<typeof domainCpu> {
  const { domains } = driver;
  const api = 'virDomainSetSchedulerParametersFlags';
  return {
    domainGetSchedulerType({ dom }) {
      domains.byRef(dom);
      return { type: 'posix', nparams: COUNT };
    },
    async domainGetSchedulerParameters({ dom, nparams }) {
      return { params: (await readScheduler(domains.byRef(dom), 0)).slice(0, Math.max(0, nparams)) };
    },
    async domainGetSchedulerParametersFlags({ dom, nparams, flags }) {
      const reading = 'virDomainGetSchedulerParametersFlags';
      refuseBoth(reading, flags);
      checkFlags(reading, flags, READ_FLAGS, 'LXC');
      return { params: (await readScheduler(domains.byRef(dom), flags)).slice(0, Math.max(0, nparams)) };
    },
    domainSetSchedulerParameters: ({ dom, params }, call) =>
      setScheduler(driver, domains.byRef(dom), { api, params, flags: CURRENT }, call),
    domainSetSchedulerParametersFlags: ({ dom, params, flags }, call) =>
      setScheduler(driver, domains.byRef(dom), { api, params, flags }, call),
    async domainGetCpuStats({ dom, nparams, startCpu, ncpus, flags }) {
      checkFlags('virDomainGetCPUStats', flags, typedParameterFlags.paramStringOkay, 'LXC');
      const { runtime } = domains.byRef(dom);
      if (runtime === undefined) throw notRunning();
      if (startCpu === ALL_CPUS) return answerParameters(await totals(runtime.cgroup), nparams);
      return eachCpu(runtime.cgroup, { startCpu, ncpus, nparams });
    },
  };
}

async function readScheduler(domain: ContainerDomain, flags: number): Promise<TypedParameter[]> {
  const { definition, isLive } = readDefinition(flags, domain);
  const { runtime } = domain;
  const limits =
    isLive && runtime !== undefined
      ? defined(await readCpuBandwidth(runtime.cgroup))
      : (definition.cputune ?? {});
  return schedulerParameters(limits).slice(0, COUNT);
}

function defined(found: Awaited<ReturnType<typeof readCpuBandwidth>>): SchedulerLimits {
  const entries = Object.entries(found).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as SchedulerLimits;
}

async function setScheduler(
  driver: LxcDriver,
  domain: ContainerDomain,
  {
    api,
    params,
    flags,
  }: { readonly api: string; readonly params: readonly TypedParameter[]; readonly flags: number },
  call: Call,
): Promise<void> {
  checkFlags(api, flags, LIVE | CONFIG, 'LXC');
  const change = schedulerChange(params, 'LXC', TYPES);
  await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async () => {
    const impact = impactOf(flags, domain);
    const { live, runtime } = domain;
    if (impact.live && live !== undefined && runtime !== undefined) {
      await applyScheduler(runtime.cgroup, live, change(live));
    }
    await editDefinitions(driver, domain, impact, change);
  });
}

async function applyScheduler(group: Cgroup, before: Domain, after: Domain): Promise<void> {
  const from = before.cputune;
  const to = after.cputune;
  if (to?.shares !== undefined && to.shares !== from?.shares) await setCpuShares(group, to.shares);
  if (to?.period !== undefined && to.period !== from?.period) await setCpuPeriod(group, to.period);
  if (to?.quota !== undefined && to.quota !== from?.quota) await setCpuQuota(group, to.quota);
}

async function totals(group: Cgroup): Promise<TypedParameter[]> {
  const usage = await readCpuUsage(group);
  if (usage === undefined) throw noAccounting();
  return [
    ullongParameter('cpu_time', usage.totalNs),
    ullongParameter('user_time', usage.userNs),
    ullongParameter('system_time', usage.systemNs),
  ];
}

const noAccounting = (): VirError =>
  VirError.of('OPERATION_INVALID', 'cgroup CPUACCT controller is not mounted');

async function eachCpu(
  group: Cgroup,
  {
    startCpu,
    ncpus,
    nparams,
  }: { readonly startCpu: number; readonly ncpus: number; readonly nparams: number },
): Promise<{ readonly params: readonly TypedParameter[]; readonly nparams: number }> {
  const times = await readCpuUsageEach(group);
  if (times.length === 0) throw noAccounting();
  // Without room for any, a client asks how many processors there are, or how many figures each has.
  if (nparams === 0) return { params: [], nparams: ncpus === 0 ? times.length : 1 };
  if (startCpu >= times.length) {
    throw VirError.of('INVALID_ARG', `start_cpu ${startCpu} larger than maximum of ${times.length - 1}`);
  }
  const params = times.slice(startCpu, startCpu + ncpus).map((it) => ullongParameter('cpu_time', it));
  return { params, nparams: 1 };
}
