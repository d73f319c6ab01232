import { VirError } from '@modvirt/core/errors';
import type { Network } from '@modvirt/core/schema';
import type { NetworkDriver } from '../driver.js';
import type { LiveNetwork, NetworkObject } from '../network-object.js';
import { removeStatus } from '../status/status-file.js';
import { removeDnsmasqFiles } from './dnsmasq.js';
import { endProcess } from './end-process.js';
import { changeLinks, linkExists } from './host-links.js';

/**
 * Takes everything back that the start of a network did. What is gone already is passed over.
 *
 * @param keep it is started again at once
 */
export async function stopNetwork(
  driver: NetworkDriver,
  network: NetworkObject,
  { keep = false }: { readonly keep?: boolean } = {},
): Promise<void> {
  const { live } = network;
  if (live === undefined) {
    throw VirError.of('OPERATION_INVALID', `network '${network.name}' is not active`);
  }
  // Whoever watches dnsmasq must not think that it was lost.
  network.live = undefined;
  await takeDown(driver, network.name, live);
  network.ports.clear();
  driver.tell(network, 'stopped');
  if (!network.isPersistent && !keep) {
    await forgetNetwork(driver, live.definition);
    driver.networks.remove(network);
  }
  driver.parts.log.info('network stopped', { network: network.name });
}

async function takeDown(driver: NetworkDriver, name: string, live: LiveNetwork): Promise<void> {
  const { parts } = driver;
  const { bridge, rules, dnsmasq, definition } = live;
  if (dnsmasq !== undefined) await endProcess(parts, dnsmasq);
  const ownsBridge = rules !== undefined;
  if (ownsBridge && bridge !== undefined && (await linkExists(parts, bridge))) {
    await changeLinks(parts, [`link del dev ${bridge}`]);
  }
  if (rules !== undefined) await parts.firewall.remove(rules);
  await parts.files.remove(`${parts.paths.pid}/${name}.pid`);
  await parts.files.removeTree(`${parts.paths.state}/${definition.name}`);
  await removeStatus(driver, name);
}

/** What a network that is gone for good leaves in files: a guest that comes back to one that is not has its lease still. */
export async function forgetNetwork({ parts }: NetworkDriver, { name, bridge }: Network): Promise<void> {
  await removeDnsmasqFiles(parts, name);
  if (bridge?.name === undefined) return;
  await parts.files.remove(`${parts.paths.dnsmasq}/${bridge.name}.status`);
  await parts.files.remove(`${parts.paths.dnsmasq}/${bridge.name}.macs`);
}
