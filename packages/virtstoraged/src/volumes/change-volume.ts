import { VirError } from '@modvirt/core/errors';
import { storageVolResizeFlags as resizeFlags } from '@modvirt/core/protocol/constants';
import { mustSupport, type StorageDriver } from '../driver.js';
import type { FoundVolume } from '../pools/pool-list.js';
import { recount } from './create-volume.js';
import { mustBeFree } from './volume-holds.js';
import { passphraseOf } from './volume-secret.js';

const badArgument = (detail: string): VirError => VirError.of('INVALID_ARG', detail, { domain: 'STORAGE' });

/** The volume as it is now; what was taken away behind our back is forgotten. */
export async function lookAgain(driver: StorageDriver, found: FoundVolume): Promise<FoundVolume> {
  const { pool, name, known } = found;
  const { look } = driver.backend(pool.definition.type);
  if (look === undefined) return found;
  const now = await look(pool.definition, name, known);
  pool.setVolume(name, now);
  if (now !== undefined) return { pool, name, known: now };
  throw VirError.of('NO_STORAGE_VOL', `no storage vol with matching name '${name}'`, { domain: 'STORAGE' });
}

export async function deleteVolume(
  driver: StorageDriver,
  found: FoundVolume,
  options: { readonly flags: number; readonly signal: AbortSignal },
): Promise<void> {
  const { pool, name, known } = found;
  mustBeFree(found);
  const backend = driver.backend(pool.definition.type);
  const remove = mustSupport(backend.removeVolume, 'vol deletion');
  await pool.holding(name, 'use', () => remove(pool.definition, known.volume, options));
  pool.setVolume(name, undefined);
  await recount(driver, pool);
}

export interface ResizeRequest {
  readonly capacity: bigint;
  readonly flags: number;
  readonly signal: AbortSignal;
}

export async function resizeVolume(
  driver: StorageDriver,
  found: FoundVolume,
  request: ResizeRequest,
): Promise<void> {
  const { pool, name } = found;
  mustBeFree(found);
  const resize = mustSupport(driver.backend(pool.definition.type).resize, 'changing of volume size');
  const current = await lookAgain(driver, found);
  const passphrase = await passphraseOf(driver, current.known.volume, request.signal);
  const options = {
    ...resizeOptions(current, request),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  await pool.holding(name, 'use', () =>
    resize(pool.definition, current.known.volume, options, request.signal),
  );
  await lookAgain(driver, found);
  await recount(driver, pool);
}

function resizeOptions({ pool, known }: FoundVolume, { capacity, flags }: ResizeRequest) {
  const { volume } = known;
  const shrink = (flags & resizeFlags.shrink) !== 0;
  const bytes = (flags & resizeFlags.delta) === 0 ? capacity : changed(volume.capacity, capacity, shrink);
  if (bytes < volume.allocation) throw badArgument("can't shrink capacity below existing allocation");
  if (bytes < volume.capacity && !shrink) {
    throw badArgument("Can't shrink capacity below current capacity unless shrink flag explicitly specified");
  }
  const allocate = (flags & resizeFlags.allocate) !== 0;
  if (allocate && bytes > volume.capacity + pool.definition.available) {
    throw VirError.of('OPERATION_FAILED', 'Not enough space left in storage pool', { domain: 'STORAGE' });
  }
  return { bytes, shrink: bytes < volume.capacity, allocate };
}

function changed(capacity: bigint, delta: bigint, shrink: boolean): bigint {
  if (!shrink) return capacity + delta;
  return delta > capacity ? 0n : capacity - delta;
}

export async function wipeVolume(
  driver: StorageDriver,
  found: FoundVolume,
  algorithm: number,
  signal: AbortSignal,
): Promise<void> {
  const { pool, name } = found;
  mustBeFree(found);
  const wipe = mustSupport(driver.backend(pool.definition.type).wipe, 'vol wiping');
  const current = await lookAgain(driver, found);
  await pool.holding(name, 'use', () => wipe(pool.definition, current.known.volume, algorithm, signal));
  await lookAgain(driver, found);
}
