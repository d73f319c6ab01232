import { VirError } from '../errors/vir-error.js';
import type { CpuSignature } from './cpu-data.js';
import { type WantedFeature, withFeature } from './cpu-definition.js';
import { type CpuMap, type CpuModel, type CpuVendor, matchesSignature } from './cpu-map.js';
import { type CpuWords, hasBits, isEmpty, union, without } from './cpu-words.js';

/** What is to be put in the words of a model and its differences. */
export interface CpuFacts {
  readonly words: CpuWords;
  readonly vendor: CpuVendor | undefined;
  readonly signature: CpuSignature | undefined;
}

/** A model that the hypervisor knows. */
export interface OfferedModel {
  readonly name: string;
  /** Features that keep it from being used here. */
  readonly blockers: readonly string[];
}

export interface DecodeOptions {
  readonly type: 'host' | 'guest';
  /** All where absent. */
  readonly offered?: readonly OfferedModel[] | undefined;
  /** One: it is taken if it can be. Several: they are taken if they are no worse. */
  readonly preferred?: readonly string[] | undefined;
  /** Whether another may take the place of the one preferred model. */
  readonly fallback?: 'allow' | 'forbid';
  /** Without what keeps a guest from being moved. */
  readonly migratable?: boolean;
}

export interface DecodedCpu {
  readonly model: string;
  readonly vendor: string | undefined;
  readonly features: readonly WantedFeature[];
  readonly signature: CpuSignature | undefined;
}

interface Candidate {
  readonly model: CpuModel;
  readonly features: readonly WantedFeature[];
}

/** The model that describes a CPU best, and where the CPU differs. @throws VirError when none does */
export function decodeCpu(map: CpuMap, facts: CpuFacts, options: DecodeOptions): DecodedCpu {
  const words = withoutBrokenFeatures(map, facts);
  const offered = options.offered && new Map(options.offered.map((it) => [it.name, it]));
  const [only, second] = options.preferred ?? [];
  let best: Candidate | undefined;
  // Newer models stand later.
  for (const model of map.models.toReversed()) {
    const offer = offered?.get(model.name);
    const isThePreferred = model.name === only && second === undefined;
    if (offered !== undefined && offer === undefined) {
      if (isThePreferred && options.fallback !== 'allow') throw notOffered(model.name);
      continue;
    }
    if (facts.vendor !== undefined && model.vendor !== undefined && model.vendor !== facts.vendor) continue;
    if (options.type === 'host' ? !model.forHost : !model.forGuest) continue;
    const features = differences(map, { words, model, offer, type: options.type });
    if (options.type === 'host' && features.some((it) => it.policy === 'disable')) continue;
    const candidate = { model, features };
    if (isThePreferred) {
      best = candidate;
      break;
    }
    const isPreferred = options.preferred?.includes(model.name) ?? false;
    if (best === undefined || isBetter(candidate, best, facts.signature, isPreferred)) best = candidate;
  }
  if (best === undefined) {
    throw VirError.of('INTERNAL_ERROR', 'Cannot find suitable CPU model for given data', { domain: 'CPU' });
  }
  const { migratable = false } = options;
  return {
    model: best.model.name,
    vendor: facts.vendor?.name,
    features: migratable ? best.features.filter((it) => isMigratable(map, it.name)) : best.features,
    signature: facts.signature,
  };
}

export function notOffered(model: string): VirError {
  const detail = `CPU model ${model} is not supported by hypervisor`;
  return VirError.of('CONFIG_UNSUPPORTED', detail, { domain: 'CPU' });
}

export function isMigratable(map: CpuMap, feature: string): boolean {
  return map.feature(feature)?.isMigratable ?? true;
}

interface Difference {
  readonly words: CpuWords;
  readonly model: CpuModel;
  readonly offer: OfferedModel | undefined;
  readonly type: 'host' | 'guest';
}

/** What the CPU has beyond the model, and what it lacks of it. */
function differences(map: CpuMap, { words, model, offer, type }: Difference): readonly WantedFeature[] {
  const extra = without(words, model.words);
  let missing = without(model.words, words);
  for (const blocker of offer?.blockers ?? []) {
    const feature = map.feature(blocker);
    if (feature !== undefined && !hasBits(extra, feature.bits)) missing = union(missing, feature.words);
  }
  const features = [
    ...featureNames(map, extra).map((name) => ({ name, policy: 'require' as const })),
    ...featureNames(map, missing).map((name) => ({ name, policy: 'disable' as const })),
  ];
  if (type === 'host') return features;
  const unsaid = model.removed.filter((name) => !features.some((it) => it.name === name));
  return unsaid.reduce<readonly WantedFeature[]>(
    (list, name) => withFeature(list, name, 'disable'),
    features,
  );
}

/** Features in the words, in the map's order; a bit that two of them share belongs to the first. */
export function featureNames(map: CpuMap, words: CpuWords): readonly string[] {
  if (isEmpty(words)) return [];
  const rest = words.slice();
  const names: string[] = [];
  for (const { name, bits } of map.features) {
    if (!hasBits(rest, bits)) continue;
    for (const { at, mask } of bits) rest[at] = (rest[at] ?? 0) & ~mask;
    names.push(name);
  }
  return names;
}

/** A signature that fits decides; then the shorter list, in which each feature that is off weighs more than the last. */
function isBetter(
  one: Candidate,
  other: Candidate,
  signature: CpuSignature | undefined,
  isPreferred: boolean,
): boolean {
  if (signature !== undefined) {
    const [fits, otherFits] = [one, other].map((it) => matchesSignature(it.model, signature));
    if (fits !== otherFits) return fits === true;
  }
  const [weight, otherWeight] = [weightOf(one), weightOf(other)];
  if (weight.all !== otherWeight.all) {
    return weight.all < otherWeight.all || (isPreferred && weight.disabled < otherWeight.disabled);
  }
  return weight.disabled < otherWeight.disabled;
}

// libvirt counts only half of the features that are off, and the rest of them as if they were on. Guests that were defined with
// it have the models that come out of this.
function weightOf({ features }: Candidate): { readonly all: number; readonly disabled: number } {
  const off = features.filter((it) => it.policy === 'disable').length;
  const counted = Math.ceil(off / 2);
  // 2 + 3 + 4 …
  const disabled = (counted * (counted + 3)) / 2;
  return { all: features.length - counted + disabled, disabled };
}

/** Transactional memory of some CPUs is broken, whatever they say of it. */
function withoutBrokenFeatures(map: CpuMap, { words, vendor, signature }: CpuFacts): CpuWords {
  if (vendor?.name !== 'Intel' || signature?.family !== 6) return words;
  const { model, stepping } = signature;
  const isBroken = model === 60 || model === 69 || model === 70 || (model === 63 && stepping < 4);
  if (!isBroken) return words;
  return ['hle', 'rtm'].reduce((rest, name) => {
    const feature = map.feature(name);
    return feature === undefined ? rest : without(rest, feature.words);
  }, words);
}
