import type { Handlers } from '@modvirt/core/driver';
import {
  answerParameters,
  checkFlags,
  memoryParameters,
  notRunning,
  readDefinition,
  refuseBoth,
} from '@modvirt/core/hypervisor';
import {
  domainModificationImpact,
  domainMemoryStatTags as tag,
  typedParameterFlags,
} from '@modvirt/core/protocol/constants';
import type { domainMemory } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import type { BalloonFigure } from '../monitor/balloon-queries.js';
import { residentKiB } from '../process/proc-facts.js';
import type { QemuDomain } from '../process/qemu-domain.js';
import { askMonitor } from '../stats/monitor-facts.js';
import { memorySizeHandlers } from './memory-size-handlers.js';
import { memoryTuningSetters } from './tuning-setters.js';

const { live: LIVE, config: CONFIG } = domainModificationImpact;
const READ_FLAGS = LIVE | CONFIG | typedParameterFlags.paramStringOkay;
const ANSWER_MS = 10_000;

// The balloon's figures in the order in which clients are told, and their tags.
const FIGURES: readonly (readonly [BalloonFigure | 'lastUpdate', number])[] = [
  ['swapIn', tag.swapIn],
  ['swapOut', tag.swapOut],
  ['majorFault', tag.majorFault],
  ['minorFault', tag.minorFault],
  ['unused', tag.unused],
  ['available', tag.available],
  ['usable', tag.usable],
  ['lastUpdate', tag.lastUpdate],
  ['diskCaches', tag.diskCaches],
  ['hugetlbPgalloc', tag.hugetlbPgalloc],
  ['hugetlbPgfail', tag.hugetlbPgfail],
];

/** Memory of guests: how much, how used, how limited. */
export function domainMemoryHandlers(driver: QemuDriver): Handlers<typeof domainMemory> {
  const { domains } = driver;
  return {
    ...memorySizeHandlers(driver),
    ...memoryTuningSetters(driver),
    domainGetMaxMemory: ({ dom }) => ({ memory: domains.byRef(dom).current.memory.sizeKiB }),
    domainGetMemoryParameters({ dom, nparams, flags }) {
      const api = 'virDomainGetMemoryParameters';
      refuseBoth(api, flags);
      checkFlags(api, flags, READ_FLAGS, 'QEMU');
      const { definition, isLive } = readDefinition(flags, domains.byRef(dom));
      // No control group limits a guest that runs.
      return answerParameters(memoryParameters(isLive ? {} : definition), nparams, flags);
    },
    async domainMemoryStats({ dom, maxStats, flags }, call) {
      checkFlags('virDomainMemoryStats', flags, 0, 'QEMU');
      const stats = await memoryStats(driver, domains.byRef(dom), call.signal);
      return { stats: stats.slice(0, maxStats) };
    },
  };
}

async function memoryStats(
  driver: QemuDriver,
  { live, runtime }: QemuDomain,
  signal: AbortSignal,
): Promise<{ readonly tag: number; readonly val: bigint }[]> {
  if (live === undefined || runtime === undefined) throw notRunning();
  const { clock, log, files } = driver.parts;
  const questions = {
    balloon: live.devices.memballoon !== undefined && live.devices.memballoon.model !== 'none',
    blocks: false,
    iothreads: false,
    dirtyRate: false,
    haltPolling: false,
  };
  const [{ balloon }, rss] = await Promise.all([
    askMonitor(runtime.monitor, live, questions, { clock, log, timeoutMs: ANSWER_MS, signal }),
    residentKiB(files, runtime.process.pid),
  ]);
  const figures = FIGURES.flatMap(([figure, number]) => {
    const val = figure === 'lastUpdate' ? balloon?.lastUpdate : balloon?.values.get(figure);
    return val === undefined ? [] : [{ tag: number, val }];
  });
  return [
    ...(questions.balloon ? [{ tag: tag.actualBalloon, val: live.currentMemory }] : []),
    ...figures,
    { tag: tag.rss, val: rss },
  ];
}
