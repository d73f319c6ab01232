import type { Domain } from '@modvirt/core/schema';
import { sharesMemory } from '../definition/shared-memory.js';
import type { NetworkInterface } from '../definition/types.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for network cards that QEMU cannot have */
export function validateInterfaces(domain: Domain): void {
  for (const net of domain.devices.interfaces) {
    checkQueues(net);
    if (net.type === 'vhostuser' && !sharesMemory(domain)) {
      throw unsupported("'interface' requires shared memory");
    }
  }
}

function checkQueues({ driver }: NetworkInterface): void {
  for (const name of ['rx_queue_size', 'tx_queue_size'] as const) {
    const size = driver?.[name];
    if (size !== undefined && !isPowerOfTwo(size)) throw unsupported(`${name} has to be a power of two`);
  }
}

function isPowerOfTwo(value: number): boolean {
  return (value & (value - 1)) === 0;
}
