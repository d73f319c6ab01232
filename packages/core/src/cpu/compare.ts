import { VirError } from '../errors/vir-error.js';
import { archOf, type CpuDefinition, modelOf } from './cpu-definition.js';
import type { CpuMap } from './cpu-map.js';
import { type CpuWords, hasBits, intersection, isEmpty, without } from './cpu-words.js';
import { wordsOfCpu, wordsWithPolicy } from './model-words.js';

export type Comparison =
  | { readonly result: 'identical' | 'superset' }
  | { readonly result: 'incompatible'; readonly reason: string };

function incompatible(reason: string): Comparison {
  return { result: 'incompatible', reason };
}

const X86 = ['i686', 'x86_64'];

/** Whether `host` can do what `cpu` asks for. @throws VirError for a model or feature that is not known */
export function compareCpus(map: CpuMap, host: CpuDefinition | undefined, cpu: CpuDefinition): Comparison {
  if (host === undefined || modelOf(host) === undefined) return incompatible('unknown host CPU');
  const arch = archOf(cpu);
  if (arch !== undefined && !X86.includes(arch)) {
    return incompatible(`CPU arch ${arch} does not match host arch`);
  }
  const { vendor } = cpu.cpu;
  if (vendor !== undefined && vendor !== host.cpu.vendor) {
    return incompatible(`host CPU vendor does not match required CPU vendor ${vendor}`);
  }
  return compareWords(map, wordsOfCpu(map, host), cpu);
}

function compareWords(map: CpuMap, host: CpuWords, cpu: CpuDefinition): Comparison {
  const forbidden = intersection(wordsWithPolicy(map, cpu, 'forbid'), host);
  if (!isEmpty(forbidden)) {
    return incompatible(`Host CPU provides forbidden features: ${namesIn(map, forbidden)}`);
  }
  const leftOpen = (['force', 'optional', 'disable'] as const).map((it) => wordsWithPolicy(map, cpu, it));
  const required = leftOpen.reduce(without, wordsWithPolicy(map, cpu, 'require'));
  const missing = without(required, host);
  if (!isEmpty(missing)) {
    return incompatible(`Host CPU does not provide required features: ${namesIn(map, missing)}`);
  }
  const extra = leftOpen.reduce(without, without(host, required));
  if (isEmpty(extra)) return { result: 'identical' };
  if (cpu.type === 'guest' && cpu.cpu.match === 'strict') {
    const names = namesIn(map, extra);
    return incompatible(`Host CPU does not strictly match guest CPU: Extra features: ${names}`);
  }
  return { result: 'superset' };
}

function namesIn(map: CpuMap, words: CpuWords): string {
  return map.features
    .filter((it) => hasBits(words, it.bits))
    .map((it) => it.name)
    .join(', ');
}

/** The error that stands for a comparison that came out as incompatible. */
export function incompatibleError(reason: string): VirError {
  return VirError.of('CPU_INCOMPATIBLE', reason, { domain: 'CPU' });
}
