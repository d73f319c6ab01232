import { VirError } from '../../../errors/vir-error.js';
import type { Domain } from './filled-domain.js';

/**
 * A fully virtualised guest boots from its first disk when nothing else is said.
 *
 * @throws VirError CONFIG_UNSUPPORTED when both `<os>` and devices say what to boot, or for an order used twice
 */
export function postParseBoot(domain: Domain): Domain {
  const orders = bootOrders(domain);
  if (orders.length > 0 && domain.os.boots.length > 0) {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      'per-device boot elements cannot be used together with os/boot elements',
    );
  }
  const twice = orders.find((order, at) => orders.indexOf(order) !== at);
  if (twice !== undefined) {
    throw VirError.of('CONFIG_UNSUPPORTED', `boot order '${twice}' used for more than one device`);
  }
  const isHvm = domain.os.type?.name === 'hvm';
  if (!isHvm || orders.length > 0 || domain.os.boots.length > 0) return domain;
  return { ...domain, os: { ...domain.os, boots: [{ dev: 'hd' }] } };
}

function bootOrders({ devices }: Domain): readonly number[] {
  const lists = [devices.disks, devices.interfaces, devices.hostdevs, devices.redirdevs, devices.filesystems];
  return lists.flat().flatMap((it) => (it.boot === undefined ? [] : [it.boot.order]));
}
