import type { Assembly } from '../assembly.js';
import { aliasOf } from '../definition/controllers.js';
import type { Vsock } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { virtioDriver, virtioProps } from './virtio.js';

export function addVsock(to: Assembly, vsock: Vsock): void {
  const fd = to.out.descriptor('vsock', (number) => ({ type: 'open', number, path: '/dev/vhost-vsock' }));
  to.out.device({
    ...virtioProps(virtioDriver('vhost-vsock', vsock.address, vsock.model), vsock.driver),
    id: aliasOf(vsock),
    'guest-cid': vsock.cid?.address,
    vhostfd: String(fd),
    ...addressProps(to, vsock),
  });
}
