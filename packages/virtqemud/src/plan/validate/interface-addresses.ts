import { VirError } from '@modvirt/core/errors';
import type { NetworkInterface } from '../definition/types.js';
import { unsupported } from './unsupported.js';

const NOT_SUPPORTED = 'not supported by QEMU';

/** Addresses and routes that a guest is to have: only QEMU's own network gives them, and only some. */
export function checkGuestAddresses({ type, backend, ips, routes }: NetworkInterface): void {
  if (type !== 'user' && backend?.type !== 'passt') {
    if (ips.length === 0 && routes.length === 0) return;
    throw unsupported(
      `Invalid attempt to set network interface guest-side IP route and/or address info, ${NOT_SUPPORTED}`,
    );
  }
  if (routes.length > 0) {
    throw unsupported(`Invalid attempt to set network interface guest-side IP route, ${NOT_SUPPORTED}`);
  }
  const v6 = ips.filter((it) => it.address.includes(':'));
  const v4 = ips.filter((it) => !it.address.includes(':'));
  if (ips.some((it) => it.peer !== undefined)) throw unsupported('Invalid attempt to set peer IP for guest');
  if (v4.length > 1) throw unsupported('Only one IPv4 address per interface is allowed');
  if (v6.length > 1) throw unsupported('Only one IPv6 address per interface is allowed');
  const [short = 0] = v4.map((it) => it.prefix ?? 0);
  if (short > 0 && (short < 4 || short > 27)) {
    throw VirError.of('XML_ERROR', 'invalid prefix, must be in range of 4-27');
  }
  if ((v6[0]?.prefix ?? 0) > 120) throw VirError.of('XML_ERROR', 'prefix too long');
}

/** Of its host side only a tap device of its own has any. */
export function checkHostAddresses(net: NetworkInterface): void {
  const source = 'source' in net ? net.source : undefined;
  if (net.type === 'ethernet' || source === undefined || !('ips' in source)) return;
  if (source.ips.length === 0 && source.routes.length === 0) return;
  throw unsupported(
    `Invalid attempt to set network interface host-side IP route and/or address info, ${NOT_SUPPORTED}`,
  );
}
