// Which jobs on one object may overlap. This table is the only place that decides it.
//
// A *long* job (save, dump, migration …) lets short jobs in while it runs, but only those it names: the monitor stays usable, the
// object does not change under it. Short jobs never overlap each other. Queries are no jobs: they never wait.

export const shortJobs = ['modify', 'suspend', 'destroy', 'abort', 'migrationStep'] as const;
export type ShortJob = (typeof shortJobs)[number];

const DURING_TRANSFER: readonly ShortJob[] = ['suspend', 'destroy', 'abort', 'migrationStep'];
const ALWAYS: readonly ShortJob[] = ['destroy', 'abort'];

/** Long jobs, and the short ones that may run while they do. */
export const longJobs = {
  start: ALWAYS,
  save: ALWAYS,
  dump: ALWAYS,
  snapshot: ['destroy', 'abort', 'suspend'],
  backup: shortJobs,
  migrationOut: DURING_TRANSFER,
  migrationIn: DURING_TRANSFER,
} as const satisfies Record<string, readonly ShortJob[]>;
export type LongJob = keyof typeof longJobs;

/** `agent`: talks to the guest; waits only for others that do, so a guest that hangs blocks nothing else. */
export type JobKind = ShortJob | LongJob | 'agent';

export function isLongJob(kind: JobKind): kind is LongJob {
  return Object.hasOwn(longJobs, kind);
}

/** What runs on an object at one moment: at most one job in each lane. */
export interface RunningJobs<J> {
  readonly short: J | undefined;
  readonly long: J | undefined;
  readonly agent: J | undefined;
}

/** The running job for which one of this kind must wait; undefined when it may begin. */
export function blockedBy<J extends { readonly kind: JobKind }>(
  kind: JobKind,
  running: RunningJobs<J>,
): J | undefined {
  if (kind === 'agent') return running.agent;
  if (isLongJob(kind)) return running.long ?? running.short;
  if (running.short !== undefined) return running.short;
  const long = running.long;
  if (long === undefined || !isLongJob(long.kind)) return undefined;
  const allowed: readonly ShortJob[] = longJobs[long.kind];
  return allowed.includes(kind) ? undefined : long;
}
