import { VirError } from '../errors/vir-error.js';
import type { NetworkInterface } from '../schema/domain/interface.js';
import type { Domain } from '../schema/domain/post-parse/filled-domain.js';

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

/** The interface that clients name by its hardware address or by the host's device. */
export function findInterface(domain: Domain, name: string): NetworkInterface {
  const wanted = name.toLowerCase();
  const found = domain.devices.interfaces.find((it) =>
    MAC.test(name) ? it.mac?.address.toLowerCase() === wanted : it.target?.dev === name,
  );
  if (found !== undefined) return found;
  throw VirError.of('INVALID_ARG', `'${name}' is not a known interface`, { domain: 'DOMAIN' });
}
