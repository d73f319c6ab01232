import type { Domain } from '@modvirt/core/schema';
import { isPseries } from '../definition/machine.js';
import type { Serial } from '../definition/types.js';
import { unsupported } from './unsupported.js';

/** @throws VirError for character devices that QEMU or the machine has not */
export function validateChardevs(domain: Domain): void {
  const { serials, parallels, consoles, channels, redirdevs } = domain.devices;
  for (const source of [...serials, ...parallels, ...consoles, ...channels, ...redirdevs]) {
    const needsSpice = source.type === 'spiceport' || source.type === 'spicevmc';
    if (needsSpice && !domain.devices.graphics.some((it) => it.type === 'spice')) {
      throw unsupported(`chardev '${source.type}' not supported without spice graphics`);
    }
    if (source.type !== 'tcp') continue;
    const { type } = source.protocol;
    if (type === 'raw' || type === 'telnet') continue;
    throw unsupported(`tcp chardev protocol '${type}' not supported`);
  }
  for (const serial of serials) checkSerial(domain, serial);
  for (const { target } of consoles) {
    if (target?.type !== 'xen' && target?.type !== 'uml' && target?.type !== 'openvz') continue;
    throw unsupported(`unsupported console target type ${target.type}`);
  }
}

/** Models of serial ports that stand on a bus of their own. */
const MODELS: Readonly<Record<string, string>> = {
  'isa-serial': 'isa-serial',
  'usb-serial': 'usb-serial',
  'pci-serial': 'pci-serial',
  'spapr-vty': 'spapr-vio-serial',
};

function checkSerial(domain: Domain, { target }: Serial): void {
  const wanted = MODELS[target?.model ?? ''];
  if (wanted !== undefined && wanted !== target?.type) {
    throw unsupported(`Target model '${target?.model}' requires target type '${wanted}'`);
  }
  if (target?.type !== 'spapr-vio-serial' || isPseries(domain)) return;
  throw unsupported(
    `Serial device with target type '${target.type}' and target model '${target.model ?? 'none'}' ` +
      'not compatible with guest architecture or machine type',
  );
}
