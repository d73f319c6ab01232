import type { Job } from '@modvirt/core/jobs';
import type { Network } from '@modvirt/core/schema';
import type { NetworkDriver } from '../driver.js';
import type { LiveNetwork, NetworkObject } from '../network-object.js';
import { floorSum, networkLimits, promiseFloor } from '../plan/network-bandwidth.js';
import { type ReloadPlan, reloadPlan } from '../plan/reload-plan.js';
import { saveStatus } from '../status/status-file.js';
import { needsDnsmasq, startDnsmasq, writeDnsmasqFiles } from './dnsmasq.js';
import { endProcess } from './end-process.js';
import { applySettings, changeLinks } from './host-links.js';
import { startNetwork } from './start-network.js';
import { stopNetwork } from './stop-network.js';
import { limitTraffic } from './traffic-control.js';
import { watchDnsmasq } from './watch-dnsmasq.js';

/** Makes an active network what `next` says. Bridge, hardware address and leases stay wherever they may. */
export async function refreshNetwork(
  driver: NetworkDriver,
  job: Job,
  network: NetworkObject,
  next: Network,
): Promise<void> {
  const { live } = network;
  if (live === undefined) return;
  const plan = reloadPlan(live.definition, next, live.bridge ?? '');
  const isOurs = live.bridge !== undefined && live.rules !== undefined;
  if (plan.remakes) {
    await stopNetwork(driver, network, { keep: true });
    await startNetwork(driver, job, network, next);
    return;
  }
  if (isOurs) await changeBridge(driver, network, { live, next, plan }, job.signal);
  network.live = { ...(network.live ?? live), definition: next };
  await saveStatus(driver, network.name, network.live, network.ports.values());
  if (isOurs) await changeDnsmasq(driver, network, plan, job.signal);
}

interface Change {
  readonly live: LiveNetwork;
  readonly next: Network;
  readonly plan: ReloadPlan;
}

async function changeBridge(
  { parts }: NetworkDriver,
  network: NetworkObject,
  { live, next, plan }: Change,
  signal: AbortSignal,
): Promise<void> {
  const { bridge = '', rules } = live;
  await applySettings(parts, plan.settings);
  if (plan.links.length > 0) await changeLinks(parts, plan.links, signal);
  if (plan.changesFirewall && rules !== undefined) {
    await parts.firewall.remove(rules);
    const applied = await parts.firewall.apply({ network: next, bridge }, signal);
    network.live = { ...live, rules: applied };
  }
  if (!plan.changesLimits) return;
  const gone = { needed: [], wanted: [`qdisc del dev ${bridge} root`, `qdisc del dev ${bridge} ingress`] };
  await limitTraffic(parts, gone, signal);
  await limitTraffic(parts, networkLimits(bridge, next.bandwidth ?? {}), signal);
  const sum = floorSum(network.ports.values());
  for (const port of network.ports.values()) {
    await limitTraffic(parts, promiseFloor(next, port, sum), signal);
  }
}

async function changeDnsmasq(
  driver: NetworkDriver,
  network: NetworkObject,
  { dnsmasq: change }: ReloadPlan,
  signal: AbortSignal,
): Promise<void> {
  const { live } = network;
  if (live?.bridge === undefined) return;
  const { definition, dnsmasq, bridge } = live;
  if (needsDnsmasq(definition)) await writeDnsmasqFiles(driver.parts, definition);
  const isWanted = needsDnsmasq(definition);
  if (change === 'nothing' && (dnsmasq !== undefined || !isWanted)) return;
  if (change === 'reread' && dnsmasq !== undefined) {
    dnsmasq.kill('SIGHUP');
    return;
  }
  network.live = { ...live, dnsmasq: undefined };
  if (dnsmasq !== undefined) await endProcess(driver.parts, dnsmasq);
  if (!isWanted) return;
  const started = await startDnsmasq(driver.parts, definition, bridge, signal);
  network.live = { ...network.live, dnsmasq: started };
  watchDnsmasq(driver, network);
}
