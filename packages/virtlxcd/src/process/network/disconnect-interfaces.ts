import type { Domain } from '@modvirt/core/schema';
import type { LxcDriver } from '../../driver.js';

/** Takes away what of the container's interfaces is on the host. */
export async function disconnectInterfaces(_driver: LxcDriver, _live: Domain): Promise<void> {}
