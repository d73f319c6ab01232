import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';
import { startDnsmasq } from './dnsmasq.js';

/** Below this dnsmasq ended at once. */
const LEAST_LIFE_MS = 2000;
/** How often it may end at once before it is left alone: it would only do so again. */
const MOST_QUICK_ENDS = 5;

/** Starts dnsmasq again when it ends though its network is active. */
export function watchDnsmasq(driver: NetworkDriver, network: NetworkObject, quickEndsBefore = 0): void {
  const process = network.live?.dnsmasq;
  if (process === undefined) return;
  const { clock, log, scope } = driver.parts;
  const began = clock.monotonicMs();
  void process.exited.then(() => {
    if (network.live?.dnsmasq !== process || scope.signal.aborted) return;
    const wasQuick = clock.monotonicMs() - began < LEAST_LIFE_MS;
    const quickEnds = wasQuick ? quickEndsBefore + 1 : 0;
    const gaveUp = quickEnds > MOST_QUICK_ENDS;
    log.error(gaveUp ? 'dnsmasq ended again and is left alone' : 'dnsmasq ended and is started again', {
      network: network.name,
      pid: process.pid,
    });
    if (gaveUp) return;
    scope.spawn(`dnsmasq of ${network.name}`, (signal) => startAgain(driver, network, signal, quickEnds));
  });
}

async function startAgain(
  driver: NetworkDriver,
  network: NetworkObject,
  signal: AbortSignal,
  quickEnds: number,
): Promise<void> {
  await network.withJob({ kind: 'modify', owner: 'dnsmasq', signal }, async () => {
    const { live } = network;
    if (live?.bridge === undefined) return;
    const dnsmasq = await startDnsmasq(driver.parts, live.definition, live.bridge, signal);
    network.live = { ...live, dnsmasq };
  });
  watchDnsmasq(driver, network, quickEnds);
}
