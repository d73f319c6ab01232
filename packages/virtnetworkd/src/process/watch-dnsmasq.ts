import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';
import { startDnsmasq } from './dnsmasq.js';

/** Below this a dnsmasq that ended is not started again: it would end again at once. */
const LEAST_LIFE_MS = 2000;

/** Starts dnsmasq again when it ends though its network is active. */
export function watchDnsmasq(driver: NetworkDriver, network: NetworkObject): void {
  const process = network.live?.dnsmasq;
  if (process === undefined) return;
  const { clock, log, scope } = driver.parts;
  const began = clock.monotonicMs();
  void process.exited.then(() => {
    if (network.live?.dnsmasq !== process) return;
    log.error('dnsmasq ended', { network: network.name, pid: process.pid });
    if (clock.monotonicMs() - began < LEAST_LIFE_MS) return;
    scope.spawn(`dnsmasq of ${network.name}`, (signal) => startAgain(driver, network, signal));
  });
}

async function startAgain(driver: NetworkDriver, network: NetworkObject, signal: AbortSignal): Promise<void> {
  await network.withJob({ kind: 'modify', owner: 'dnsmasq', signal }, async () => {
    const { live } = network;
    if (live?.bridge === undefined) return;
    const dnsmasq = await startDnsmasq(driver.parts, live.definition, live.bridge, signal);
    network.live = { ...live, dnsmasq };
  });
  watchDnsmasq(driver, network);
}
