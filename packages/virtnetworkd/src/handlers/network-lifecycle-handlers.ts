import type { Call, Handlers } from '@modvirt/core/driver';
import { VirError } from '@modvirt/core/errors';
import { checkFlags } from '@modvirt/core/hypervisor';
import { networkCreateFlags } from '@modvirt/core/protocol/constants';
import type { network } from '@modvirt/core/protocol/rows';
import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';
import { namedBridge } from '../process/name-bridge.js';
import { startNetwork } from '../process/start-network.js';
import { stopNetwork } from '../process/stop-network.js';

/** Starting and stopping networks. */
export function networkLifecycleHandlers(driver: NetworkDriver): Handlers<typeof network> {
  const { networks } = driver;
  return {
    networkCreate: ({ net }, call) => start(driver, networks.byRef(net), call),
    networkCreateXml: async ({ xml }, call) => ({ net: (await create(driver, xml, 0, call)).reference }),
    networkCreateXmlFlags: async ({ xml, flags }, call) => ({
      net: (await create(driver, xml, flags, call)).reference,
    }),
    async networkDestroy({ net }, call) {
      const object = networks.byRef(net);
      await object.withJob({ kind: 'modify', owner: 'virNetworkDestroy', signal: call.signal }, () =>
        stopNetwork(driver, object),
      );
    },
  };
}

async function start(driver: NetworkDriver, object: NetworkObject, call: Call): Promise<void> {
  await object.withJob({ kind: 'modify', owner: 'virNetworkCreate', signal: call.signal }, async (job) => {
    const { persistent } = object;
    if (persistent === undefined) throw VirError.of('OPERATION_INVALID', 'network is already active');
    await startNetwork(driver, job, object, persistent);
  });
}

async function create(driver: NetworkDriver, xml: string, flags: number, call: Call): Promise<NetworkObject> {
  checkFlags('networkCreateXMLFlags', flags, networkCreateFlags.validate);
  const parsed = driver.parse(xml, (flags & networkCreateFlags.validate) !== 0);
  const definition = await namedBridge(driver, parsed);
  const { network: object, isNew } = driver.networks.claim(definition, true);
  try {
    await object.withJob({ kind: 'modify', owner: 'virNetworkCreateXML', signal: call.signal }, (job) =>
      startNetwork(driver, job, object, definition),
    );
  } catch (error) {
    if (isNew && !object.isPersistent && !object.isActive) driver.networks.remove(object);
    throw error;
  }
  return object;
}
