import { VirError } from '../errors/vir-error.js';
import { type CpuDefinition, type FeaturePolicy, featuresOf, modelOf } from './cpu-definition.js';
import type { CpuMap, CpuModel } from './cpu-map.js';
import { type CpuWords, union, without } from './cpu-words.js';

function unknown(what: string): VirError {
  return VirError.of('INTERNAL_ERROR', `Unknown CPU ${what}`, { domain: 'CPU' });
}

/** @throws VirError when the map has no such model */
export function findModel(map: CpuMap, name: string): CpuModel {
  const model = map.model(name);
  if (model === undefined) throw unknown(`model ${name}`);
  return model;
}

/**
 * All that a definition is: what its model has, with what it requires and forces, without what it disables and forbids.
 *
 * @throws VirError for a model or feature that the map does not have
 */
export function wordsOfCpu(map: CpuMap, cpu: CpuDefinition): CpuWords {
  const model = modelOf(cpu);
  let words = model === undefined ? map.noWords() : findModel(map, model).words;
  for (const { name, policy } of featuresOf(cpu)) {
    if (policy === 'optional') continue;
    const feature = featureWords(map, name);
    words = policy === 'disable' || policy === 'forbid' ? without(words, feature) : union(words, feature);
  }
  return words;
}

/** What a definition says with this policy; what its model has is required. */
export function wordsWithPolicy(map: CpuMap, cpu: CpuDefinition, policy: FeaturePolicy): CpuWords {
  const model = modelOf(cpu);
  const start = policy === 'require' && model !== undefined ? findModel(map, model).words : map.noWords();
  return featuresOf(cpu)
    .filter((it) => it.policy === policy)
    .reduce((words, it) => union(words, featureWords(map, it.name)), start);
}

function featureWords(map: CpuMap, name: string): CpuWords {
  const feature = map.feature(name);
  if (feature === undefined) throw unknown(`feature ${name}`);
  return feature.words;
}
