import type { Undo } from '@modvirt/core/jobs';
import type { Domain } from '@modvirt/core/schema';
import type { LxcDriver } from '../../driver.js';

/** Gives the container its interfaces. */
export async function connectInterfaces(
  _driver: LxcDriver,
  live: Domain,
  _initPid: number,
  _hasOwnNetwork: boolean,
  _undo: Undo,
  _signal: AbortSignal,
): Promise<Domain> {
  return live;
}
