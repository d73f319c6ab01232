import { VirError } from '@modvirt/core/errors';
import type { Listen } from '../definition/types.js';

/** QEMU's displays are at one place each. */
export function checkListens(listens: readonly Listen[]): void {
  if (listens.length <= 1) return;
  throw VirError.of('CONFIG_UNSUPPORTED', 'QEMU does not support multiple listens for one graphics device.');
}
