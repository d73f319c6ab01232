/** Partitions that are known by their plain names. */
const PLAIN = new Set(['machine', 'user', 'system']);

/**
 * The group that a partition is: each of its parts is marked as one, unless it says so itself or is one that every host has.
 */
export function partitionPath(partition: string): string {
  const parts = partition.split('/').filter((it) => it !== '');
  const marked = parts.map((part, index) => {
    const isKnown = (index === 0 && PLAIN.has(part)) || part.includes('.');
    return escapePart(isKnown ? part : `${part}.partition`);
  });
  return `/${marked.join('/')}`;
}

/** Names that the kernel would take for files of its own are set apart by a leading underscore. */
export function escapePart(name: string): string {
  const isReserved = /^[_.]|^(?:tasks|notify_on_release|release_agent)$|^cgroup\./.test(name);
  const isController = /^(?:cpu|cpuacct|cpuset|memory|devices|freezer|blkio|net_cls|perf_event|pids)\./.test(
    name,
  );
  return isReserved || isController ? `_${name}` : name;
}
