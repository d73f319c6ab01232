import type { Domain } from '@modvirt/core/schema';
import { sourcePath } from '../plan/block/disk-chain.js';
import type { SecretRef, VolumeRef } from '../plan/context.js';
import type { StorageSource } from '../plan/definition/types.js';
import { type AskedFacts, neededSecrets, neededVolumes, secretKey, volumeKey } from '../plan/needed-facts.js';

/** The daemons that own volumes and secrets. */
export interface FactSources {
  /** @throws VirError when there is no such volume, or its pool is not active */
  placeOfVolume(volume: VolumeRef, signal: AbortSignal): Promise<StorageSource>;
  /** @throws VirError when there is no such secret, or it has no value */
  secretValue(secret: SecretRef, signal: AbortSignal): Promise<Uint8Array>;
}

/** Files and devices that hold volumes: they are the guest's own while it runs. */
export function volumePaths({ volumes }: AskedFacts): readonly string[] {
  return [...volumes.values()].flatMap((place) => {
    const path = sourcePath(place);
    return (place.type === 'file' || place.type === 'block') && path !== undefined ? [path] : [];
  });
}

/** Asks where the volumes of `domain` are. */
export async function askVolumes(
  sources: FactSources,
  domain: Domain,
  signal: AbortSignal,
): Promise<AskedFacts> {
  const volumes = new Map<string, StorageSource>();
  for (const ref of neededVolumes(domain)) {
    volumes.set(volumeKey(ref), await sources.placeOfVolume(ref, signal));
  }
  return { volumes, secrets: new Map() };
}

/** Asks what a start of `domain` must know of other daemons; nobody is asked when it need not. */
export async function askFacts(
  sources: FactSources,
  domain: Domain,
  signal: AbortSignal,
): Promise<AskedFacts> {
  const { volumes } = await askVolumes(sources, domain, signal);
  const secrets = new Map<string, Uint8Array>();
  for (const ref of neededSecrets(domain, volumes.values())) {
    secrets.set(secretKey(ref), await sources.secretValue(ref, signal));
  }
  return { volumes, secrets };
}
