import { VirError } from '@modvirt/core/errors';
import { type Job, type Undo, withUndo } from '@modvirt/core/jobs';
import type { Process } from '@modvirt/core/ports';
import { formatIp, hasOwnBridge, type Network } from '@modvirt/core/schema';
import type { NetworkDriver } from '../driver.js';
import type { LiveNetwork, NetworkObject } from '../network-object.js';
import { bridgePlan } from '../plan/bridge-plan.js';
import { isShippedDefault, onFreeSubnet } from '../plan/free-subnet.js';
import { networkLimits } from '../plan/network-bandwidth.js';
import { collidingDevice } from '../plan/route-collision.js';
import { removeStatus, saveStatus } from '../status/status-file.js';
import { needsDnsmasq, removeDnsmasqFiles, startDnsmasq, writeDnsmasqFiles } from './dnsmasq.js';
import { applySettings, changeLinks, linkExists } from './host-links.js';
import { limitTraffic } from './traffic-control.js';
import { watchDnsmasq } from './watch-dnsmasq.js';

/** Makes a network active. On failure the host is as it was before. */
export async function startNetwork(
  driver: NetworkDriver,
  job: Job,
  network: NetworkObject,
  definition: Network,
): Promise<void> {
  if (network.isActive) throw VirError.of('OPERATION_INVALID', 'network is already active');
  const { log } = driver.parts;
  try {
    await bringUp(driver, job, network, await placed(driver, network, definition));
  } catch (error) {
    network.lastFailure = error instanceof Error ? error.message : String(error);
    throw error;
  }
  network.lastFailure = undefined;
  watchDnsmasq(driver, network);
  driver.tell(network, 'started');
  log.info('network started', { network: network.name });
}

/** The network that is shipped goes elsewhere when the host has its subnet already. */
async function placed(driver: NetworkDriver, network: NetworkObject, definition: Network): Promise<Network> {
  if (!isShippedDefault(definition)) return definition;
  const routes = (await driver.parts.kernel.text('/proc/net/route')) ?? '';
  if (collidingDevice(definition, routes) === undefined) return definition;
  const moved = onFreeSubnet(definition, routes, (xml) => driver.parse(xml));
  if (moved === undefined) return definition;
  if (network.persistent === definition) await driver.savePersistent(network, moved);
  driver.parts.log.warn('the host has the subnet of the default network already; it was moved', {
    addresses: moved.ips.map((it) => formatIp(it.address)),
  });
  return moved;
}

async function bringUp(
  driver: NetworkDriver,
  job: Job,
  network: NetworkObject,
  definition: Network,
): Promise<void> {
  await withUndo(driver.parts.log, async (undo) => {
    const live = hasOwnBridge(definition.forward?.mode)
      ? await startBridge(driver, definition, job.signal, undo)
      : { definition, bridge: definition.bridge?.name, rules: undefined, dnsmasq: undefined };
    undo.add('remove the status file', () => removeStatus(driver, network.name));
    await saveStatus(driver, network.name, live);
    network.live = live;
  });
}

async function startBridge(
  driver: NetworkDriver,
  definition: Network,
  signal: AbortSignal,
  undo: Undo,
): Promise<LiveNetwork> {
  const { parts } = driver;
  const bridge = definition.bridge?.name ?? '';
  const plan = bridgePlan(definition, bridge);
  const inUse = collidingDevice(definition, (await parts.kernel.text('/proc/net/route')) ?? '');
  if (inUse !== undefined) {
    throw VirError.of('INTERNAL_ERROR', `Network is already in use by interface ${inUse}`);
  }
  if (await linkExists(parts, bridge)) {
    throw VirError.system(17, 'File exists', `error creating bridge interface ${bridge}`, 'NETWORK');
  }
  undo.add(`delete bridge ${bridge}`, async () => {
    if (await linkExists(parts, bridge)) await changeLinks(parts, plan.remove);
  });
  await changeLinks(parts, plan.create, signal);
  await applySettings(parts, plan.settings);
  if (definition.bandwidth !== undefined)
    await limitTraffic(parts, networkLimits(bridge, definition.bandwidth), signal);
  const rules = await parts.firewall.apply({ network: definition, bridge }, signal);
  undo.add('remove firewall rules', () => parts.firewall.remove(rules));
  await changeLinks(parts, plan.bringUp, signal);
  await applySettings(parts, plan.hostSettings);
  const dnsmasq = needsDnsmasq(definition)
    ? await serve(driver, definition, bridge, signal, undo)
    : undefined;
  return { definition, bridge, rules, dnsmasq };
}

async function serve(
  { parts }: NetworkDriver,
  definition: Network,
  bridge: string,
  signal: AbortSignal,
  undo: Undo,
): Promise<Process> {
  undo.add("remove dnsmasq's files", () => removeDnsmasqFiles(parts, definition.name));
  await writeDnsmasqFiles(parts, definition);
  const process = await startDnsmasq(parts, definition, bridge, signal);
  undo.add('end dnsmasq', () => void process.kill('SIGKILL'));
  return process;
}
