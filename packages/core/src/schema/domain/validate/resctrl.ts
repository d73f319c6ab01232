import { VirError } from '../../../errors/vir-error.js';
import type { NumberSet } from '../../bitmap.js';
import type { Domain } from '../post-parse/filled-domain.js';
import type { Cputune } from '../vcpu.js';

type Cachetune = Cputune['cachetunes'][number];
type Memorytune = Cputune['memorytunes'][number];

function overlap(a: NumberSet, b: NumberSet): boolean {
  return a.some((it) => b.includes(it));
}

function areEqual(a: NumberSet, b: NumberSet): boolean {
  return a.length === b.length && a.every((it, at) => it === b[at]);
}

/** @throws VirError when allocations of cache or memory bandwidth contradict each other */
export function validateResctrl({ cputune }: Domain): void {
  if (cputune === undefined) return;
  const { cachetunes, memorytunes } = cputune;
  for (const [at, it] of cachetunes.entries()) {
    checkCaches(it);
    checkMonitors(it);
    for (const other of cachetunes.slice(0, at)) checkCachetunes(it.vcpus, other.vcpus);
  }
  for (const [at, it] of memorytunes.entries()) {
    checkNodes(it);
    const others = [...cachetunes, ...memorytunes.slice(0, at)];
    for (const other of others) checkMemorytune(it.vcpus, other.vcpus);
  }
}

function checkCachetunes(a: NumberSet, b: NumberSet): void {
  if (areEqual(a, b)) throw VirError.of('XML_ERROR', 'Identical vcpus in cachetunes found');
  if (overlap(a, b)) throw VirError.of('XML_ERROR', 'Overlapping vcpus in resctrls');
}

/** Memory bandwidth may share the group of a cache allocation for the same vCPUs, but not a part of it. */
function checkMemorytune(a: NumberSet, b: NumberSet): void {
  if (overlap(a, b) && !areEqual(a, b)) throw VirError.of('XML_ERROR', 'Overlapping vcpus in resctrls');
}

function checkCaches({ caches }: Cachetune): void {
  for (const [at, it] of caches.entries()) {
    const rivals = caches.slice(0, at).filter((other) => other.level === it.level && other.id === it.id);
    const collides = rivals.some(
      (other) => it.type === 'both' || other.type === 'both' || other.type === it.type,
    );
    if (!collides) continue;
    throw VirError.of(
      'XML_ERROR',
      `Colliding cache allocations for cache level '${it.level}' id '${it.id}', type '${it.type}'`,
    );
  }
}

function checkMonitors({ vcpus, monitors }: Cachetune): void {
  for (const [at, it] of monitors.entries()) {
    if (it.vcpus.some((cpu) => !vcpus.includes(cpu))) {
      throw VirError.of('INVALID_ARG', 'Monitor vcpus conflicts with allocation');
    }
    const rivals = monitors.slice(0, at).filter((other) => !areEqual(other.vcpus, vcpus));
    if (!areEqual(it.vcpus, vcpus) && rivals.some((other) => overlap(other.vcpus, it.vcpus))) {
      throw VirError.of('INVALID_ARG', 'Monitor vcpus conflicts with monitors');
    }
  }
}

function checkNodes({ nodes }: Memorytune): void {
  const seen = new Set<number>();
  for (const { id } of nodes) {
    if (seen.has(id)) throw VirError.of('XML_ERROR', `Memory Bandwidth already defined for node ${id}`);
    seen.add(id);
  }
}
