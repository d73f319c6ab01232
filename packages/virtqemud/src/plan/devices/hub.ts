import type { Assembly } from '../assembly.js';
import { aliasOf } from '../definition/controllers.js';
import type { Hub } from '../definition/types.js';
import { addressProps } from './address-props.js';

export function addHub(to: Assembly, hub: Hub): void {
  to.out.device({ driver: 'usb-hub', id: aliasOf(hub), ...addressProps(to, hub) });
}
