import {
  type CpuMap,
  type CpuWords,
  type DecodedCpu,
  decodeCpu,
  type OfferedModel,
  union,
  vendorRegisters,
} from '@modvirt/core/cpu';
import type { CpuModelInfo, QemuHostCpu } from '../plan/qemu-caps.js';

export interface HostCpuOptions {
  readonly offered: readonly OfferedModel[] | undefined;
  /** Only what lets a guest be moved. */
  readonly migratable: boolean;
}

/** The host's CPU as an emulator offers it to guests, by model and features. @throws VirError when no model fits */
export function decodeHostCpu(map: CpuMap, host: QemuHostCpu, options: HostCpuOptions): DecodedCpu {
  const { words, vendor, signature } = factsOf(map, host, options.migratable);
  return decodeCpu(
    map,
    { words, vendor: vendor === undefined ? undefined : map.vendorOf([vendorRegisters(vendor)]), signature },
    { type: 'guest', offered: options.offered },
  );
}

function factsOf(map: CpuMap, host: QemuHostCpu, migratableOnly: boolean) {
  let words: CpuWords = map.noWords();
  const values = new Map(host.properties.map((it) => [it.name, it.value]));
  for (const { name, value, migratable } of host.properties) {
    if (value !== true || (migratableOnly && host.migratability && migratable === false)) continue;
    const feature = map.feature(map.nameFromQemu(name) ?? '');
    if (feature !== undefined) words = union(words, feature.words);
  }
  const number = (name: string) => Number(values.get(name) ?? 0);
  const signature = { family: number('family'), model: number('model'), stepping: number('stepping') };
  const vendor = values.get('vendor');
  return {
    words,
    vendor: typeof vendor === 'string' ? vendor : undefined,
    signature: signature.family === 0 ? undefined : signature,
  };
}

/** Models that both the emulator and the map know, by libvirt's names of their blockers. */
export function offeredModels(
  map: CpuMap,
  models: readonly Pick<CpuModelInfo, 'name' | 'blockers'>[],
): readonly OfferedModel[] {
  return models.map((it) => ({
    name: it.name,
    blockers: it.blockers.map((name) => map.nameFromQemu(name) ?? name),
  }));
}
