import { VirError } from '@modvirt/core/errors';
import { hasOwnBridge, type Network } from '@modvirt/core/schema';
import type { NetworkDriver } from '../driver.js';
import { freeBridgeName, isTemplate } from '../plan/bridge-name.js';
import { randomMac } from '../plan/random-mac.js';
import { LINKS } from './host-links.js';

/**
 * `definition` with a bridge that nobody else has, and a MAC address for it.
 *
 * @throws VirError INTERNAL_ERROR when another network has the bridge that it names
 */
export async function namedBridge(driver: NetworkDriver, definition: Network): Promise<Network> {
  if (!hasOwnBridge(definition.forward?.mode)) return definition;
  const mac = definition.mac ?? randomMac(driver.parts.randomBytes);
  const { bridge = {} } = definition;
  const others = [...driver.networks].filter((it) => it.uuid !== definition.uuid);
  const used = new Set(others.flatMap((it) => [it.live?.bridge, it.persistent?.bridge?.name]));
  if (!isTemplate(bridge.name)) {
    if (!used.has(bridge.name)) return { ...definition, mac };
    throw VirError.of('INTERNAL_ERROR', `bridge name '${bridge.name}' already in use.`, {
      domain: 'NETWORK',
    });
  }
  const links = new Set(await driver.parts.kernel.names(LINKS));
  const name = freeBridgeName(bridge.name, (it) => used.has(it) || links.has(it));
  return { ...definition, mac, bridge: { ...bridge, name } };
}
