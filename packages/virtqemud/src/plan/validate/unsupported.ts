import { VirError } from '@modvirt/core/errors';

/** The refusal of something that this hypervisor, machine or emulator cannot do. */
export function unsupported(detail: string): VirError {
  return VirError.of('CONFIG_UNSUPPORTED', detail);
}
