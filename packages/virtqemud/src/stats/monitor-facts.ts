import { type Clock, DeadlineError, type Logger, withDeadline } from '@modvirt/core/ports';
import type { Domain } from '@modvirt/core/schema';
import { type BalloonReport, queryBalloonReport } from '../monitor/balloon-queries.js';
import {
  type BlockDeviceStats,
  type BlockNode,
  queryBlockNodes,
  queryBlockStats,
} from '../monitor/block-queries.js';
import { type Monitor, MonitorError } from '../monitor/monitor.js';
import {
  type DirtyRate,
  type HaltPolling,
  type IothreadFacts,
  queryDirtyRate,
  queryHaltPolling,
  queryIothreads,
} from '../monitor/other-queries.js';

/** What a guest's QEMU told. What it refused to tell, or did not tell in time, is absent. */
export interface MonitorFacts {
  readonly balloon?: BalloonReport | undefined;
  readonly blocks?: readonly BlockDeviceStats[] | undefined;
  readonly nodes?: ReadonlyMap<string, BlockNode> | undefined;
  readonly iothreads?: readonly IothreadFacts[] | undefined;
  readonly dirtyRate?: DirtyRate | undefined;
  readonly haltPolling?: HaltPolling | undefined;
}

/** What is to be asked. */
export interface MonitorQuestions {
  readonly balloon: boolean;
  readonly blocks: boolean;
  readonly iothreads: boolean;
  readonly dirtyRate: boolean;
  readonly haltPolling: boolean;
}

export interface AskOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Asks everything at once, so that it takes QEMU one round trip. A guest that hangs costs the time limit and nothing else:
 * there are no facts then.
 */
export async function askMonitor(
  monitor: Monitor,
  live: Domain,
  questions: MonitorQuestions,
  options: AskOptions,
): Promise<MonitorFacts> {
  const limit = { what: 'query of a guest', timeoutMs: options.timeoutMs, signal: options.signal };
  try {
    return await withDeadline(options.clock, limit, (signal) => ask(monitor, live, questions, signal));
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    options.log.warn('guest does not answer and is left out of the figures', { domain: live.name });
    return {};
  }
}

async function ask(
  monitor: Monitor,
  live: Domain,
  questions: MonitorQuestions,
  signal: AbortSignal,
): Promise<MonitorFacts> {
  const alias = live.devices.memballoon?.alias;
  const [balloon, blocks, nodes, iothreads, dirtyRate, haltPolling] = await Promise.all([
    questions.balloon && alias !== undefined
      ? unlessRefused(queryBalloonReport(monitor, alias, signal))
      : undefined,
    questions.blocks ? unlessRefused(queryBlockStats(monitor, signal)) : undefined,
    questions.blocks ? unlessRefused(queryBlockNodes(monitor, signal)) : undefined,
    questions.iothreads ? unlessRefused(queryIothreads(monitor, signal)) : undefined,
    questions.dirtyRate ? unlessRefused(queryDirtyRate(monitor, signal)) : undefined,
    questions.haltPolling ? unlessRefused(queryHaltPolling(monitor, signal)) : undefined,
  ]);
  return { balloon, blocks, nodes, iothreads, dirtyRate, haltPolling };
}

/** A figure that QEMU does not give costs that figure only. */
export async function unlessRefused<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof MonitorError) return undefined;
    throw error;
  }
}
