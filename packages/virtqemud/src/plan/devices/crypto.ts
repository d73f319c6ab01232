import type { Assembly } from '../assembly.js';
import { aliasOf } from '../definition/controllers.js';
import type { Crypto } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { virtioDriver, virtioProps } from './virtio.js';

export function addCrypto(to: Assembly, crypto: Crypto): void {
  const alias = aliasOf(crypto);
  to.out.object({
    'qom-type': `cryptodev-backend-${crypto.backend.model}`,
    id: `obj${alias}`,
    queues: crypto.backend.queues,
  });
  to.out.device({
    ...virtioProps(virtioDriver('virtio-crypto', crypto.address), crypto.driver),
    cryptodev: `obj${alias}`,
    id: alias,
    ...addressProps(to, crypto),
  });
}
