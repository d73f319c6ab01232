import type { Uuid } from '../../wire/uuid.js';
import type { Bridge } from './bridge.js';
import type { ForwardElement, ForwardMode } from './forward.js';
import type { NetworkElement } from './network.js';

/** `<forward>` once it is known what is meant: the device is the first of the interfaces. */
export interface Forward extends Omit<ForwardElement, 'dev' | 'mode'> {
  readonly mode: ForwardMode;
}

/** A virtual network with everything that was missing filled in. */
export interface Network extends Omit<NetworkElement, 'uuid' | 'forward' | 'bridge'> {
  readonly uuid: Uuid;
  readonly forward?: Forward;
  readonly bridge?: Bridge;
}

/** Whether the network makes its bridge itself, so that addresses, DHCP and DNS are the host's to give. */
export function hasOwnBridge(mode: ForwardMode | undefined): boolean {
  return mode === undefined || mode === 'nat' || mode === 'route' || mode === 'open';
}
