import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';

/** Processors that the guest has at its start. */
export function currentVcpus({ vcpu }: Domain): number {
  return vcpu.current ?? vcpu.count;
}

/**
 * The definition with so many processors at its start.
 *
 * @param hotpluggable those that come may go again; from then on each is listed
 * @throws VirError INVALID_ARG for more than there may be
 */
export function withVcpus(domain: Domain, count: number, hotpluggable: boolean): Domain {
  const maximum = domain.vcpu.count;
  if (count > maximum) {
    throw VirError.of(
      'INVALID_ARG',
      `requested vcpus is greater than max allowable vcpus for the persistent domain: ${count} > ${maximum}`,
    );
  }
  if (count === currentVcpus(domain)) return domain;
  const changed = withCounts(domain, maximum, count);
  const isListed = hotpluggable || domain.vcpus.length > 0;
  return isListed ? { ...changed, vcpus: listOf(domain, count, hotpluggable) } : changed;
}

/**
 * The definition with so many processors at most.
 *
 * @throws VirError INVALID_ARG when topology or NUMA nodes say otherwise
 */
export function withMaximumVcpus(domain: Domain, count: number): Domain {
  const { topology, numa } = domain.cpu ?? {};
  if (topology !== undefined) {
    const { sockets, dies, clusters, cores, threads } = topology;
    if (sockets * (dies ?? 1) * (clusters ?? 1) * cores * threads !== count) {
      throw VirError.of('INVALID_ARG', "CPU topology doesn't match the desired vcpu count");
    }
  }
  const placed = (numa?.cells ?? []).flatMap((cell) => cell.cpus ?? []);
  if (placed.some((cpu) => cpu >= count)) {
    throw VirError.of('INVALID_ARG', 'Number of CPUs in <numa> exceeds the desired maximum vcpu count');
  }
  const changed = withCounts(domain, count, Math.min(count, currentVcpus(domain)));
  if (domain.vcpus.length === 0) return changed;
  return { ...changed, vcpus: listOf({ ...domain, vcpu: changed.vcpu }, currentVcpus(changed), false) };
}

function withCounts(domain: Domain, maximum: number, current: number): Domain {
  const { current: _old, ...rest } = domain.vcpu;
  const vcpu = current === maximum ? { ...rest, count: maximum } : { ...rest, count: maximum, current };
  return { ...domain, vcpu };
}

type Listed = Domain['vcpus'][number];

function listOf(domain: Domain, count: number, hotpluggable: boolean): Listed[] {
  const before = new Map(domain.vcpus.map((it) => [it.id, it]));
  const online = currentVcpus(domain);
  return Array.from({ length: domain.vcpu.count }, (_none, id) => {
    const known = before.get(id);
    const wasOnline = known?.enabled ?? id < online;
    if (id >= count) return wasOnline ? { id, enabled: false, hotpluggable: true } : offlineAs(known, id);
    // One that was there stays what it was.
    return { id, enabled: true, hotpluggable: wasOnline ? (known?.hotpluggable ?? false) : hotpluggable };
  });
}

function offlineAs(known: Listed | undefined, id: number): Listed {
  const { hotpluggable } = known ?? {};
  return hotpluggable === undefined ? { id, enabled: false } : { id, enabled: false, hotpluggable };
}
