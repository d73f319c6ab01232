import type { Domain } from '@modvirt/core/schema';
import type { PlanContext } from '../context.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for shared memories whose model does not go with a server, or that QEMU has not */
export function validateShmems({ devices }: Domain, cx: PlanContext): void {
  for (const { model = 'ivshmem', server, size } of devices.shmems) {
    if (model === 'ivshmem-plain' && server !== undefined) {
      throw unsupported(`shmem model '${model}' is supported only with server option disabled`);
    }
    if (model === 'ivshmem-doorbell' && server === undefined) {
      throw unsupported(`shmem model '${model}' is supported only with server option enabled`);
    }
    if (model === 'ivshmem-doorbell' && size !== undefined) {
      throw unsupported(`shmem model '${model}' does not support size setting`);
    }
    if (model === 'ivshmem' && !cx.caps.has('ivshmem')) {
      throw unsupported('ivshmem device is not supported with this QEMU binary');
    }
  }
}
