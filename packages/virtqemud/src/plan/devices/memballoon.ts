import type { Assembly } from '../assembly.js';
import { aliasOf } from '../definition/controllers.js';
import type { Memballoon } from '../definition/types.js';
import { addressProps } from './address-props.js';
import { virtioDriver, virtioProps } from './virtio.js';

export function addMemballoon(to: Assembly, balloon: Memballoon): void {
  if (balloon.model === 'none' || balloon.model === 'xen') return;
  to.out.device({
    ...virtioProps(virtioDriver('virtio-balloon', balloon.address, balloon.model), balloon.driver),
    id: aliasOf(balloon),
    'deflate-on-oom': balloon.autodeflate,
    'free-page-reporting': balloon.freePageReporting,
    ...addressProps(to, balloon),
  });
}
