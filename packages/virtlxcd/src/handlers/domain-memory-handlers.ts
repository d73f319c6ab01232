import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import {
  answerParameters,
  type Cgroup,
  checkFlags,
  editDefinitions,
  impactOf,
  memoryChange,
  memoryParameters,
  notRunning,
  readDefinition,
  readMemoryFigures,
  readMemoryLimits,
  readMemoryUsage,
  setMemoryLimit,
  UNLIMITED_KIB,
} from '@modvirt/core/hypervisor';
import {
  domainMemoryModFlags,
  domainMemoryStatTags as tag,
  typedParameterFlags,
} from '@modvirt/core/protocol/constants';
import type { domainMemory } from '@modvirt/core/protocol/rows';
import type { Domain } from '@modvirt/core/schema';
import type { ContainerDomain } from '../container-runtime.js';
import type { LxcDriver } from '../driver.js';

const { live: LIVE, config: CONFIG, maximum: MAXIMUM } = domainMemoryModFlags;

export function domainMemoryHandlers(driver: LxcDriver): Handlers<typeof domainMemory> {
  const { domains } = driver;
  return {
    domainGetMaxMemory: ({ dom }) => ({ memory: domains.byRef(dom).current.memory.sizeKiB }),
    domainSetMaxMemory: ({ dom, memory }, call) =>
      setMemory(driver, domains.byRef(dom), memory, MAXIMUM, call),
    domainSetMemory: ({ dom, memory }, call) => setMemory(driver, domains.byRef(dom), memory, LIVE, call),
    domainSetMemoryFlags: ({ dom, memory, flags }, call) =>
      setMemory(driver, domains.byRef(dom), memory, flags, call),
    async domainGetMemoryParameters({ dom, nparams, flags }) {
      checkFlags(
        'virDomainGetMemoryParameters',
        flags,
        LIVE | CONFIG | typedParameterFlags.paramStringOkay,
        'LXC',
      );
      const domain = domains.byRef(dom);
      const { definition, isLive } = readDefinition(flags, domain);
      const { runtime } = domain;
      const shown =
        isLive && runtime !== undefined ? { memtune: await liveLimits(runtime.cgroup) } : definition;
      return answerParameters(memoryParameters(shown), nparams, flags);
    },
    async domainSetMemoryParameters({ dom, params, flags }, call) {
      const api = 'virDomainSetMemoryParameters';
      checkFlags(api, flags, LIVE | CONFIG, 'LXC');
      const domain = domains.byRef(dom);
      const change = memoryChange(params, 'LXC');
      await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async () => {
        const impact = impactOf(flags, domain);
        const { live, runtime } = domain;
        if (impact.live && live !== undefined && runtime !== undefined) {
          await applyMemoryTuning(runtime.cgroup, live, change(live));
        }
        await editDefinitions(driver, domain, impact, change);
      });
    },
    async domainMemoryStats({ dom, maxStats, flags }) {
      checkFlags('virDomainMemoryStats', flags, 0, 'LXC');
      const { live, runtime } = domains.byRef(dom);
      if (live === undefined || runtime === undefined) throw notRunning();
      const [figures, usage] = await Promise.all([
        readMemoryFigures(runtime.cgroup),
        readMemoryUsage(runtime.cgroup),
      ]);
      const stats = [
        { tag: tag.actualBalloon, val: live.currentMemory },
        { tag: tag.swapIn, val: figures.swapKiB },
        { tag: tag.rss, val: usage ?? 0n },
      ];
      return { stats: stats.slice(0, maxStats) };
    },
  };
}

async function liveLimits(group: Cgroup): Promise<NonNullable<Domain['memtune']>> {
  const { hard, soft, swapHard } = await readMemoryLimits(group);
  return { hard_limit: hard, soft_limit: soft, swap_hard_limit: swapHard } as NonNullable<Domain['memtune']>;
}

/** A hard limit may never be above that of memory and swap together: which is set first depends on which way it goes. */
async function applyMemoryTuning(group: Cgroup, before: Domain, after: Domain): Promise<void> {
  const from = before.memtune ?? {};
  const to = after.memtune ?? {};
  const swap = async (): Promise<void> => {
    if (to.swap_hard_limit === from.swap_hard_limit) return;
    await setMemoryLimit(group, 'swapHard', to.swap_hard_limit ?? UNLIMITED_KIB);
  };
  const isGrowing = (to.swap_hard_limit ?? UNLIMITED_KIB) > (from.swap_hard_limit ?? UNLIMITED_KIB);
  if (isGrowing) await swap();
  if (to.hard_limit !== from.hard_limit) {
    await setMemoryLimit(group, 'hard', to.hard_limit ?? UNLIMITED_KIB);
  }
  if (to.soft_limit !== from.soft_limit) {
    await setMemoryLimit(group, 'soft', to.soft_limit ?? UNLIMITED_KIB);
  }
  if (!isGrowing) await swap();
}

type Size = Domain['currentMemory'];

async function setMemory(
  driver: LxcDriver,
  domain: ContainerDomain,
  memoryKiB: bigint,
  flags: number,
  call: Call,
): Promise<void> {
  const api = 'virDomainSetMemoryFlags';
  if (memoryKiB === 0n) {
    throw VirError.invalidArgument(api, 'memory', `memory in ${api} must not be zero`, 'DOMAIN');
  }
  checkFlags(api, flags, LIVE | CONFIG | MAXIMUM, 'LXC');
  await domain.withJob({ kind: 'modify', owner: api, signal: call.signal }, async () => {
    const impact = impactOf(flags, domain);
    if ((flags & MAXIMUM) !== 0) {
      if (impact.live) {
        throw VirError.of('OPERATION_INVALID', 'Cannot resize the max memory on an active domain');
      }
      return editDefinitions(driver, domain, impact, (it) => withMaximum(it, memoryKiB));
    }
    const { live, persistent, runtime } = domain;
    if (impact.live && live !== undefined) refuseAboveMaximum(live, memoryKiB);
    if (impact.config && persistent !== undefined) refuseAboveMaximum(persistent, memoryKiB);
    if (impact.live && runtime !== undefined) await setMemoryLimit(runtime.cgroup, 'hard', memoryKiB);
    await editDefinitions(driver, domain, impact, (it) => ({ ...it, currentMemory: memoryKiB as Size }));
  });
}

function refuseAboveMaximum({ memory }: Domain, memoryKiB: bigint): void {
  if (memoryKiB <= memory.sizeKiB) return;
  throw VirError.of('INVALID_ARG', 'Cannot set memory higher than max memory');
}

function withMaximum(domain: Domain, memoryKiB: bigint): Domain {
  const currentMemory = domain.currentMemory > memoryKiB ? (memoryKiB as Size) : domain.currentMemory;
  return { ...domain, memory: { ...domain.memory, sizeKiB: memoryKiB as Size }, currentMemory };
}
