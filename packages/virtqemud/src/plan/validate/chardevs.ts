import type { Domain } from '@modvirt/core/schema';
import { isPseries } from '../definition/machine.js';
import type { Serial } from '../definition/types.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for character devices that QEMU or the machine has not */
export function validateChardevs(domain: Domain): void {
  const { serials, parallels, consoles, channels, redirdevs } = domain.devices;
  for (const source of [...serials, ...parallels, ...consoles, ...channels, ...redirdevs]) {
    if (source.type !== 'tcp') continue;
    const { type } = source.protocol;
    if (type === 'raw' || type === 'telnet') continue;
    throw unsupported(`tcp chardev protocol '${type}' not supported`);
  }
  for (const serial of serials) checkSerial(domain, serial);
}

function checkSerial(domain: Domain, { target }: Serial): void {
  if (target?.type !== 'spapr-vio-serial' || isPseries(domain)) return;
  throw unsupported(
    `Serial device with target type '${target.type}' and target model '${target.model ?? 'none'}' ` +
      'not compatible with guest architecture or machine type',
  );
}
