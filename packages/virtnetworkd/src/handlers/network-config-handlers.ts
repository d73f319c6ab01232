import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import { networkDefineFlags, networkXMLFlags } from '@modvirt/core/protocol/constants';
import type { network } from '@modvirt/core/protocol/rows';
import { formatNetwork } from '@modvirt/core/schema';
import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';
import { namedBridge } from '../process/name-bridge.js';
import { forgetNetwork } from '../process/stop-network.js';
import { networkUpdateHandler } from './network-update-handler.js';

/** Definitions of networks. */
export function networkConfigHandlers(driver: NetworkDriver): Handlers<typeof network> {
  const { networks } = driver;
  return {
    networkUpdate: networkUpdateHandler(driver),
    networkDefineXml: async ({ xml }, call) => ({ net: (await define(driver, xml, 0, call)).reference }),
    networkDefineXmlFlags: async ({ xml, flags }, call) => ({
      net: (await define(driver, xml, flags, call)).reference,
    }),
    networkUndefine: ({ net }, call) => undefine(driver, networks.byRef(net), call),
    networkGetXmlDesc({ net, flags }) {
      checkFlags('networkGetXMLDesc', flags, networkXMLFlags.inactive);
      const found = networks.byRef(net);
      const wantsInactive = (flags & networkXMLFlags.inactive) !== 0;
      const definition = wantsInactive ? (found.persistent ?? found.current) : found.current;
      if (definition === undefined) throw new Error(`network ${found.name} has no definition`);
      return { xml: formatNetwork(definition, { inactive: wantsInactive || !found.isActive }) };
    },
    networkGetBridgeName({ net }) {
      const found = networks.byRef(net);
      const name = found.current?.bridge?.name;
      if (name === undefined) {
        throw VirError.of('INTERNAL_ERROR', `network '${found.name}' does not have a bridge name.`);
      }
      return { name };
    },
    networkSetAutostart: ({ net, autostart }, call) =>
      setAutostart(driver, networks.byRef(net), autostart !== 0, call),
  };
}

async function define(driver: NetworkDriver, xml: string, flags: number, call: Call): Promise<NetworkObject> {
  checkFlags('networkDefineXMLFlags', flags, networkDefineFlags.validate);
  const parsed = driver.parse(xml, (flags & networkDefineFlags.validate) !== 0);
  const definition = await namedBridge(driver, parsed);
  const { network: object, isNew } = driver.networks.claim(definition);
  try {
    await object.withJob({ kind: 'modify', owner: 'virNetworkDefineXML', signal: call.signal }, async () => {
      await driver.savePersistent(object, definition);
      driver.tell(object, 'defined');
    });
  } catch (error) {
    if (isNew && !object.isPersistent && !object.isActive) driver.networks.remove(object);
    throw error;
  }
  return object;
}

async function undefine(driver: NetworkDriver, object: NetworkObject, call: Call): Promise<void> {
  await object.withJob({ kind: 'modify', owner: 'virNetworkUndefine', signal: call.signal }, async () => {
    const definition = object.persistent;
    if (definition === undefined) {
      throw VirError.of('OPERATION_INVALID', "can't undefine transient network");
    }
    await driver.store.remove(object.name);
    object.persistent = undefined;
    object.autostart = false;
    driver.tell(object, 'undefined');
    // What is active goes on, and is gone when it ends.
    if (object.isActive) return;
    await forgetNetwork(driver, definition);
    driver.networks.remove(object);
  });
}

async function setAutostart(
  driver: NetworkDriver,
  object: NetworkObject,
  wanted: boolean,
  call: Call,
): Promise<void> {
  await object.withJob({ kind: 'modify', owner: 'virNetworkSetAutostart', signal: call.signal }, async () => {
    if (!object.isPersistent) {
      throw VirError.of('OPERATION_INVALID', 'cannot set autostart for transient network');
    }
    if (object.autostart === wanted) return;
    await driver.store.setAutostart(object.name, wanted);
    object.autostart = wanted;
  });
}
