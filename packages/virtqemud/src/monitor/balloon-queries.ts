import type { Monitor } from './monitor.js';

/** What the guest's balloon driver has reported: sizes in KiB; what it does not tell is absent. */
export interface BalloonReport {
  readonly values: ReadonlyMap<BalloonFigure, bigint>;
  /** When it reported last, in seconds since 1970; 0: never. */
  readonly lastUpdate: bigint;
}

export type BalloonFigure = keyof typeof FIGURES;

// QEMU's name, and what its numbers are divided by.
const FIGURES = {
  swapIn: ['stat-swap-in', 1024],
  swapOut: ['stat-swap-out', 1024],
  majorFault: ['stat-major-faults', 1],
  minorFault: ['stat-minor-faults', 1],
  unused: ['stat-free-memory', 1024],
  available: ['stat-total-memory', 1024],
  usable: ['stat-available-memory', 1024],
  diskCaches: ['stat-disk-caches', 1024],
  hugetlbPgalloc: ['stat-htlb-pgalloc', 1],
  hugetlbPgfail: ['stat-htlb-pgfail', 1],
} as const;

/** QEMU says "unknown" by the largest number there is. */
const UNKNOWN = 2 ** 63;

interface Reply {
  readonly stats: Readonly<Record<string, number>>;
  readonly 'last-update': number;
}

export async function queryBalloonReport(
  monitor: Monitor,
  alias: string,
  signal?: AbortSignal,
): Promise<BalloonReport> {
  const args = { path: `/machine/peripheral/${alias}`, property: 'guest-stats' };
  return parseBalloonReport((await monitor.execute('qom-get', args, signal)) as Reply);
}

export function parseBalloonReport(reply: Reply): BalloonReport {
  const values = new Map<BalloonFigure, bigint>();
  for (const [figure, [name, divisor]] of Object.entries(FIGURES)) {
    const value = reply.stats[name];
    if (value === undefined || value >= UNKNOWN) continue;
    values.set(figure as BalloonFigure, BigInt(Math.trunc(value / divisor)));
  }
  return { values, lastUpdate: BigInt(reply['last-update']) };
}

/** Makes the balloon driver report every so many seconds; 0: not any more. */
export async function setBalloonPeriod(
  monitor: Monitor,
  alias: string,
  seconds: number,
  signal?: AbortSignal,
): Promise<void> {
  const path = `/machine/peripheral/${alias}`;
  await monitor.execute(
    'qom-set',
    { path, property: 'guest-stats-polling-interval', value: seconds },
    signal,
  );
}
