import { VirError } from '../errors/vir-error.js';
import type { GuestCpu } from '../schema/cpu.js';
import { type CpuDefinition, type featuresOf, modelOf, withFeature } from './cpu-definition.js';
import type { CpuMap, CpuVendor } from './cpu-map.js';
import { type CpuWords, intersection, isEmpty, union } from './cpu-words.js';
import { type DecodedCpu, decodeCpu, featureNames, type OfferedModel } from './decode.js';
import { findModel, wordsOfCpu } from './model-words.js';

export interface BaselineOptions {
  /** Models that the hypervisor can use; all where absent. */
  readonly offered?: readonly OfferedModel[] | undefined;
  /** Features that there may be at most; all where absent. */
  readonly features?: readonly string[] | undefined;
  readonly migratable: boolean;
}

function failed(detail: string): VirError {
  return VirError.of('OPERATION_FAILED', detail, { domain: 'CPU' });
}

/** The richest CPU that a guest can have on all of these. @throws VirError when they have nothing in common */
export function baselineOf(map: CpuMap, cpus: readonly CpuDefinition[], options: BaselineOptions): GuestCpu {
  const [first] = cpus;
  if (first === undefined) throw VirError.of('INVALID_ARG', 'No CPUs given', { domain: 'CPU' });
  checkModels(cpus);
  const { vendor, isNamedByAll } = commonVendor(map, cpus);
  const words = commonWords(map, cpus, options.features);
  if (isEmpty(words)) throw failed('CPUs are incompatible');
  const names = [...new Set(cpus.map(modelOf).filter((it) => it !== undefined))];
  const facts = { words, vendor, signature: undefined };
  const { offered, migratable } = options;
  const decoded = decodeCpu(map, facts, { type: 'guest', offered, preferred: names, migratable });
  const isTheSame = names.length === 1 && decoded.model === names[0];
  return guestCpuOf({ ...decoded, vendor: isNamedByAll ? decoded.vendor : undefined }, isTheSame);
}

export function guestCpuOf(decoded: DecodedCpu, forbidsFallback: boolean): GuestCpu {
  return {
    mode: 'custom',
    match: 'exact',
    model: { fallback: forbidsFallback ? 'forbid' : 'allow', name: decoded.model },
    ...(decoded.vendor === undefined ? {} : { vendor: decoded.vendor }),
    features: [...decoded.features],
  };
}

function checkModels(cpus: readonly CpuDefinition[]): void {
  for (const [index, cpu] of cpus.entries()) {
    if (modelOf(cpu) !== undefined) continue;
    throw VirError.of('INVALID_ARG', `no CPU model specified at index ${index}`, { domain: 'CPU' });
  }
}

interface CommonVendor {
  readonly vendor: CpuVendor | undefined;
  readonly isNamedByAll: boolean;
}

function commonVendor(map: CpuMap, cpus: readonly CpuDefinition[]): CommonVendor {
  let common: string | undefined;
  for (const [index, { cpu }] of cpus.entries()) {
    const name = modelOf(cpus[index] as CpuDefinition);
    // The first one's model is not asked: a vendor that nobody names may come from any other.
    const own = index === 0 || name === undefined ? undefined : findModel(map, name).vendor?.name;
    if (cpu.vendor !== undefined && own !== undefined && cpu.vendor !== own) {
      throw failed(`CPU vendor ${own} of model ${name} differs from vendor ${cpu.vendor}`);
    }
    const said = cpu.vendor ?? own;
    if (said === undefined) continue;
    if (map.vendor(said) === undefined) throw failed(`Unknown CPU vendor ${said}`);
    if (common !== undefined && common !== said) throw failed('CPU vendors do not match');
    common = said;
  }
  return {
    vendor: common === undefined ? undefined : map.vendor(common),
    isNamedByAll: cpus.every(({ cpu }) => cpu.vendor !== undefined),
  };
}

function commonWords(
  map: CpuMap,
  cpus: readonly CpuDefinition[],
  features: readonly string[] | undefined,
): CpuWords {
  const each = cpus.map((cpu) => wordsOfCpu(map, cpu));
  const common = each.reduce(intersection);
  if (features === undefined) return common;
  const allowed = features.reduce((words, name) => {
    const feature = map.feature(name);
    return feature === undefined ? words : union(words, feature.words);
  }, map.noWords());
  return intersection(common, allowed);
}

/** The same CPU with every feature of its model by name, in the order of names. @throws VirError for an unknown model */
export function expandFeatures(map: CpuMap, cpu: GuestCpu): GuestCpu {
  const name = cpu.model?.name ?? '';
  const model = map.model(name);
  if (model === undefined)
    throw VirError.of('INTERNAL_ERROR', `unknown CPU model ${name}`, { domain: 'CPU' });
  let features = featureNames(map, model.words).map((it) => ({
    name: it,
    policy: 'require' as const,
  })) as ReturnType<typeof featuresOf>;
  for (const it of cpu.features) {
    if (it.policy !== 'require' && it.policy !== 'disable') continue;
    features = withFeature(features, it.name, it.policy);
  }
  for (const it of model.removed) {
    if (!features.some((known) => known.name === it)) features = withFeature(features, it, 'disable');
  }
  return { ...cpu, features: features.toSorted((one, other) => (one.name < other.name ? -1 : 1)) };
}
