import type { GuestCpu } from '../schema/cpu.js';
import { without as leaveOut } from '../schema/without.js';
import {
  type CpuDefinition,
  featuresOf,
  modelOf,
  type WantedFeature,
  withFeature,
} from './cpu-definition.js';
import type { CpuMap } from './cpu-map.js';
import { type CpuWords, hasBits, union, without } from './cpu-words.js';
import { decodeCpu, isMigratable, notOffered, type OfferedModel } from './decode.js';
import { findModel, wordsOfCpu } from './model-words.js';

/** What a guest's CPU becomes on `host`: nothing in it is left open, so that the next start gives the same. */
export function updateCpu(map: CpuMap, guest: GuestCpu, host: CpuDefinition): GuestCpu {
  if (guest.mode === 'host-passthrough' || guest.mode === 'maximum') return guest;
  const takesHost = guest.mode === 'host-model' || guest.match === 'minimum';
  const settled = settleOptional(map, guest.features, wordsOfCpu(map, host));
  if (takesHost) return onHostModel(map, { ...guest, features: [...settled] }, host);
  return { ...guest, features: [...settled] };
}

/** A feature that the guest may have is on where the host has it, else off. */
function settleOptional(
  map: CpuMap,
  features: readonly WantedFeature[],
  host: CpuWords,
): readonly WantedFeature[] {
  return features.map(({ name, policy }) => {
    if (policy !== 'optional') return { name, policy };
    const feature = map.feature(name);
    const has = feature !== undefined && hasBits(host, feature.bits);
    return { name, policy: has ? 'require' : 'disable' };
  });
}

function onHostModel(map: CpuMap, guest: GuestCpu, host: CpuDefinition): GuestCpu {
  // What an emulator offers was asked of it without what forbids migration.
  const isHost = host.type === 'host';
  const own = featuresOf(host).filter((it) => !isHost || isMigratable(map, it.name));
  const features = guest.features.reduce<readonly WantedFeature[]>(
    (list, it) => withFeature(list, it.name, it.policy),
    own,
  );
  const name = modelOf(host);
  const { vendor } = host.cpu;
  return {
    ...leaveOut(leaveOut(guest, 'model'), 'vendor'),
    mode: 'custom',
    match: 'exact',
    model: { fallback: guest.model?.fallback ?? 'allow', ...(name === undefined ? {} : { name }) },
    // A guest that asked for a least model is not tied to a vendor.
    ...(vendor === undefined || guest.mode === 'custom' ? {} : { vendor }),
    features: [...features],
  };
}

/** The same CPU by a model that the hypervisor has. @throws VirError when it may not fall back to another */
export function translateCpu(map: CpuMap, guest: GuestCpu, offered: readonly OfferedModel[]): GuestCpu {
  const name = guest.model?.name;
  if (name === undefined || offered.some((it) => it.name === name)) return guest;
  if (guest.model?.fallback === 'forbid') throw notOffered(name);
  const model = findModel(map, name);
  const [signature] = model.signatures;
  const facts = {
    words: wordsOfCpu(map, { type: 'guest', cpu: guest }),
    vendor: model.vendor,
    signature: signature === undefined ? undefined : { ...signature, stepping: 0 },
  };
  const decoded = decodeCpu(map, facts, { type: 'guest', offered });
  const features = guest.features.reduce<readonly WantedFeature[]>(
    (list, it) => withFeature(list, it.name, it.policy),
    decoded.features,
  );
  return { ...guest, model: { fallback: 'allow', name: decoded.model }, features: [...features] };
}

export interface LiveCpu {
  /** What the hypervisor has turned on. */
  readonly enabled: CpuWords;
  /** What it was asked for and could not give. */
  readonly disabled: CpuWords;
}

/** A running guest's CPU as the hypervisor made it: what it added, and what it left out. */
export function updateLiveCpu(map: CpuMap, guest: GuestCpu, live: LiveCpu): GuestCpu {
  const own = wordsOfCpu(map, { type: 'guest', cpu: guest });
  const model = guest.model?.name === undefined ? map.noWords() : findModel(map, guest.model.name).words;
  const wanted = union(own, model);
  const added = without(live.enabled, own);
  let features: readonly WantedFeature[] = guest.features;
  for (const { name, bits } of map.features) {
    if (hasBits(live.disabled, bits) && hasBits(wanted, bits)) {
      features = withFeature(features, name, 'disable');
    } else if (hasBits(added, bits)) {
      features = withFeature(features, name, 'require');
    }
  }
  return { ...guest, features: [...features] };
}
