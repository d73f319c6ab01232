import type { Network } from '@modvirt/core/schema';
import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';
import { dnsmasqFiles } from '../plan/dnsmasq-config.js';
import { saveStatus } from '../status/status-file.js';
import { needsDnsmasq, startDnsmasq, writeDnsmasqFiles } from './dnsmasq.js';
import { endProcess } from './end-process.js';
import { watchDnsmasq } from './watch-dnsmasq.js';

/** Makes an active network what `next` says, as far as it can change in place: bridge, addresses and leases stay. */
export async function refreshNetwork(
  driver: NetworkDriver,
  network: NetworkObject,
  next: Network,
  signal: AbortSignal,
): Promise<void> {
  const { live } = network;
  if (live === undefined) return;
  const before = live.definition;
  network.live = { ...live, definition: next };
  await saveStatus(driver, network.name, network.live, network.ports.values());
  if (live.bridge === undefined || live.rules === undefined || !needsDnsmasq(next)) return;
  await writeDnsmasqFiles(driver.parts, next);
  const { dnsmasq } = live;
  if (dnsmasq !== undefined && !mustStartAgain(driver, before, next)) {
    // It reads its files of hosts again.
    dnsmasq.kill('SIGHUP');
    return;
  }
  network.live = { ...network.live, dnsmasq: undefined };
  if (dnsmasq !== undefined) await endProcess(driver.parts, dnsmasq);
  const started = await startDnsmasq(driver.parts, next, live.bridge, signal);
  network.live = { ...network.live, dnsmasq: started };
  watchDnsmasq(driver, network);
}

/** Only hosts are read again while dnsmasq runs. */
function mustStartAgain({ parts }: NetworkDriver, before: Network, next: Network): boolean {
  const places = { directory: parts.paths.dnsmasq };
  return dnsmasqFiles(before, places).conf !== dnsmasqFiles(next, places).conf;
}
