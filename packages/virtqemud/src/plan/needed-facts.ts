import type { Domain } from '@modvirt/core/schema';
import type { SecretRef, VolumeRef } from './context.js';
import type { StorageSource } from './definition/types.js';

/** What other daemons said before a start was planned. */
export interface AskedFacts {
  /** By `volumeKey`. */
  readonly volumes: ReadonlyMap<string, StorageSource>;
  /** By `secretKey`. */
  readonly secrets: ReadonlyMap<string, Uint8Array>;
}

export const nothingAsked: AskedFacts = { volumes: new Map(), secrets: new Map() };

export const volumeKey = ({ pool, volume, mode }: VolumeRef): string =>
  `${pool}\n${volume}\n${mode ?? 'host'}`;

export const secretKey = ({ type, uuid, usage }: SecretRef): string =>
  `${type}\n${uuid ?? ''}\n${usage ?? ''}`;

/** Volumes that the domain's disks are on. */
export function neededVolumes({ devices }: Domain): readonly VolumeRef[] {
  // The last is asked for first, as libvirt does: its error is the one that clients see.
  return [...devices.disks].reverse().flatMap((disk) => {
    if (disk.type !== 'volume' || disk.source?.pool === undefined) return [];
    const { pool, volume = '', mode } = disk.source;
    return [{ pool, volume, mode }];
  });
}

/** Secrets that a start of the domain hands to QEMU; `places` are those of its volumes. */
export function neededSecrets({ devices }: Domain, places: Iterable<StorageSource>): readonly SecretRef[] {
  const found = new Map<string, SecretRef>();
  const add = (ref: SecretRef): void => void found.set(secretKey(ref), ref);
  for (const part of [devices.disks, devices.hostdevs, [...places]]) collect(part, add);
  return [...found.values()];
}

/** Images stand below images, so whatever is deep in a device is looked at. */
function collect(part: unknown, add: (ref: SecretRef) => void): void {
  if (Array.isArray(part)) {
    for (const it of part) collect(it, add);
    return;
  }
  if (typeof part !== 'object' || part === null) return;
  for (const [name, value] of Object.entries(part)) {
    if (name === 'auth') addLogin(value, add);
    else if (name === 'encryption') addKeys(value, add);
    else collect(value, add);
  }
}

interface NamedSecret {
  readonly type?: string;
  readonly uuid?: string;
  readonly usage?: string;
}

function addLogin(value: unknown, add: (ref: SecretRef) => void): void {
  const secret = (value as { readonly secret?: NamedSecret } | undefined)?.secret;
  if (secret !== undefined) add({ ...secret, type: secret.type ?? 'none' });
}

function addKeys(value: unknown, add: (ref: SecretRef) => void): void {
  const secrets = (value as { readonly secrets?: readonly NamedSecret[] } | undefined)?.secrets ?? [];
  for (const secret of secrets) add({ ...secret, type: 'volume' });
}
