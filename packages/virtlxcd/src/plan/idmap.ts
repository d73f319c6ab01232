import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';

type Idmap = NonNullable<Domain['idmap']>;
type Range = Idmap['uids'][number];

/** Ids are 32 bits wide, and the last of them is nobody's. */
const IDS = 2 ** 32 - 1;

export interface MappedIds {
  /** Of root in the container, on the host. */
  readonly rootUid: number;
  readonly rootGid: number;
  /** The terminals' group. */
  readonly terminalGid: number;
  /** As the kernel takes them; empty where ids are the host's. */
  readonly uidMap: string;
  readonly gidMap: string;
}

const TERMINAL_GROUP = 5;

/** @throws VirError CONFIG_UNSUPPORTED for ranges that the kernel would not take */
export function mapIds(idmap: Idmap | undefined): MappedIds {
  const uids = idmap?.uids ?? [];
  const gids = idmap?.gids ?? [];
  checkRanges('uid', uids);
  checkRanges('gid', gids);
  return {
    rootUid: mapped(uids, 0),
    rootGid: mapped(gids, 0),
    terminalGid: mapped(gids, TERMINAL_GROUP),
    uidMap: text(uids),
    gidMap: text(gids),
  };
}

/** Ids that nobody is mapped to are the host's overflow id's. */
function mapped(ranges: readonly Range[], id: number): number {
  if (ranges.length === 0) return id;
  const range = ranges.find(({ start, count }) => id >= start && id < start + count);
  return range === undefined ? (ranges[0]?.target ?? id) : range.target + (id - range.start);
}

function text(ranges: readonly Range[]): string {
  return ranges.map(({ start, target, count }) => `${start} ${target} ${count}\n`).join('');
}

function checkRanges(kind: string, ranges: readonly Range[]): void {
  for (const { start, target, count } of ranges) {
    if (count > 0 && start + count <= IDS && target + count <= IDS) continue;
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      `${kind} map of ${count} ids from ${start} to ${target} goes beyond the ids that there are`,
    );
  }
  checkOverlap(kind, ranges, 'start');
  checkOverlap(kind, ranges, 'target');
}

function checkOverlap(kind: string, ranges: readonly Range[], side: 'start' | 'target'): void {
  const sorted = [...ranges].sort((a, b) => a[side] - b[side]);
  for (const [at, next] of sorted.entries()) {
    const before = sorted[at - 1];
    if (before === undefined || before[side] + before.count <= next[side]) continue;
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      `${kind} maps overlap: ${before.count} ids from ${before[side]} and ${next.count} from ${next[side]}`,
    );
  }
}
