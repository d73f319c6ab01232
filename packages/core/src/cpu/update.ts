import { VirError } from '../errors/vir-error.js';
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
import { type CpuWords, hasBits } from './cpu-words.js';
import { decodeCpu, isMigratable, notOffered, type OfferedModel } from './decode.js';
import { findModel, wordsOfCpu, wordsWithPolicy } from './model-words.js';

/**
 * What a guest's CPU becomes on `host`: nothing in it is left open, so that the next start gives the same.
 *
 * @throws VirError for a model that is not known
 */
export function updateCpu(map: CpuMap, guest: GuestCpu, host: CpuDefinition): GuestCpu {
  if (guest.mode === 'host-passthrough' || guest.mode === 'maximum') return guest;
  const takesHost = guest.mode === 'host-model' || guest.match === 'minimum';
  const features = [...settleOptional(map, guest.features, wordsOfCpu(map, host))];
  const settled = { ...guest, features };
  return sayRemoved(map, takesHost ? onHostModel(map, settled, host) : settled);
}

/** What a model once had is said to be off, where nothing else is said of it. */
function sayRemoved(map: CpuMap, guest: GuestCpu): GuestCpu {
  const name = guest.model?.name;
  if (name === undefined) return guest;
  const unsaid = findModel(map, name).removed.filter(
    (it) => !guest.features.some((known) => known.name === it),
  );
  const off = unsaid.map((it) => ({ name: it, policy: 'disable' as const }));
  return { ...guest, features: [...guest.features, ...off] };
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
  // A guest that asked for a least model is tied to no vendor but the one that it named itself.
  const vendor = guest.mode === 'custom' ? guest.vendor : host.cpu.vendor;
  return {
    ...leaveOut(guest, 'vendor'),
    mode: 'custom',
    match: 'exact',
    model: { fallback: 'allow', ...guest.model, ...(name === undefined ? {} : { name }) },
    ...(vendor === undefined ? {} : { vendor }),
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
    signature:
      signature === undefined ? undefined : { ...signature, stepping: signature.steppings?.[0] ?? 0 },
  };
  const decoded = decodeCpu(map, facts, { type: 'guest', offered });
  const features = guest.features.reduce<readonly WantedFeature[]>(
    (list, it) => withFeature(list, it.name, it.policy),
    decoded.features,
  );
  return {
    ...guest,
    model: { ...guest.model, fallback: 'allow', name: decoded.model },
    features: [...features],
  };
}

export interface LiveCpu {
  /** What the hypervisor has turned on. */
  readonly enabled: CpuWords;
  /** What it was asked for and could not give, or took away. */
  readonly disabled: CpuWords;
}

/**
 * A running guest's CPU as the hypervisor made it: with what it turned on, without what it could not give.
 *
 * @throws VirError OPERATION_FAILED when that differs and the guest wants exactly what it says
 */
export function updateLiveCpu(map: CpuMap, guest: GuestCpu, live: LiveCpu): GuestCpu {
  const own = wordsOfCpu(map, { type: 'guest', cpu: guest });
  const isHost = guest.mode === 'host-passthrough' || guest.mode === 'maximum';
  const unwanted = isHost ? wordsWithPolicy(map, { type: 'guest', cpu: guest }, 'disable') : undefined;
  const [added, removed]: [string[], string[]] = [[], []];
  for (const { name, bits } of map.features) {
    const isWanted = hasBits(own, bits);
    const isUnwanted = !isWanted && (unwanted === undefined || hasBits(unwanted, bits));
    const isOn = hasBits(live.enabled, bits);
    if (isUnwanted && isOn) added.push(name);
    if (hasBits(live.disabled, bits) || (isWanted && !isOn)) removed.push(name);
  }
  if (guest.check === 'full') requireExact(added, removed);
  const asked: readonly WantedFeature[] = guest.features;
  const on = added.reduce((list, name) => withFeature(list, name, 'require'), asked);
  const features = removed.reduce((list, name) => withFeature(list, name, 'disable'), on);
  return sayRemoved(map, { ...guest, features: [...features] });
}

function requireExact(added: readonly string[], removed: readonly string[]): void {
  const differences = [
    ...(added.length === 0 ? [] : [`extra features: ${added.join()}`]),
    ...(removed.length === 0 ? [] : [`missing features: ${removed.join()}`]),
  ];
  if (differences.length === 0) return;
  const detail = `guest CPU doesn't match specification: ${differences.join(', ')}`;
  throw VirError.of('OPERATION_FAILED', detail, { domain: 'CPU' });
}
