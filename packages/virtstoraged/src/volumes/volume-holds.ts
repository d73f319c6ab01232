import type { FoundVolume } from '../pools/pool-list.js';
import { invalid } from '../pools/storage-pool.js';

/** @throws VirError OPERATION_INVALID while something goes on with the volume that it would disturb */
export function mustBeFree({ pool, name }: FoundVolume): void {
  if (pool.isHeld(name, 'build')) throw invalid(`volume '${name}' is still being allocated.`);
  if (pool.isHeld(name, 'use')) throw invalid(`volume '${name}' is still in use.`);
}

/** @throws VirError OPERATION_INVALID while the volume is being made or changed as a whole */
export function mustBeWhole({ pool, name }: FoundVolume): void {
  if (pool.isHeld(name, 'build')) throw invalid(`volume '${name}' is still being allocated.`);
}
