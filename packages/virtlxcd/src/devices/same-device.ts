import { VirError } from '@modvirt/core/errors';
import type { Domain } from '@modvirt/core/schema';

type Devices = Domain['devices'];
type Hostdev = Devices['hostdevs'][number];
type Interface = Devices['interfaces'][number];

/** Where a hostdev finds its device on the host: what two that are the same have in common. */
export function hostdevPlace(dev: Hostdev): string {
  if (dev.mode !== 'capabilities') return JSON.stringify([dev.type, dev.source]);
  switch (dev.type) {
    case 'storage':
      return dev.source.block;
    case 'misc':
      return dev.source.char;
    case 'net':
      return dev.source.interface;
  }
}

/** The interface with the same hardware address. @throws VirError DEVICE_MISSING */
export function sameInterface(interfaces: readonly Interface[], wanted: Interface): Interface {
  const mac = wanted.mac?.address;
  const found = interfaces.find((it) => it.mac?.address === mac);
  if (found !== undefined) return found;
  const text = `no device found at address '(<null>)' matching MAC address '${mac ?? '(<null>)'}' and alias '(<null>)'`;
  throw VirError.of('DEVICE_MISSING', text, { domain: 'DOMAIN' });
}
