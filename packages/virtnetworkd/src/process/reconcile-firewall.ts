import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';
import { foreignDrops } from '../plan/firewall/foreign-drops.js';
import { saveStatus } from '../status/status-file.js';
import { pause } from './pause.js';
import type { WatchedFirewall } from './watched-firewall.js';

/** How long guests may be cut off before anybody looks. Not every packet filter tells of its changes. */
const LOOK_MS = 2000;

/** Puts back rules that somebody else has removed, and names rules of others that cut guests off, until `signal`. */
export async function reconcileFirewall(
  driver: NetworkDriver,
  firewall: WatchedFirewall,
  signal: AbortSignal,
): Promise<void> {
  const { log } = driver.parts;
  let named = '';
  while (!signal.aborted) {
    try {
      await pause(driver.parts.clock, LOOK_MS, signal);
      const bridges = ruledNetworks(driver).map((it) => it.live?.bridge ?? '');
      if (bridges.length === 0) continue;
      const rules = await firewall.list(signal);
      if (firewall.lacksRules(rules)) await putBack(driver, signal);
      const drops = foreignDrops(rules, bridges);
      if (drops.length > 0 && drops.join('\n') !== named) {
        log.warn('firewall rules of someone else drop what guests send or are sent', { rules: drops });
      }
      named = drops.join('\n');
    } catch (error) {
      if (signal.aborted) return;
      log.error('firewall rules could not be looked after', { error });
    }
  }
}

function ruledNetworks(driver: NetworkDriver): readonly NetworkObject[] {
  return [...driver.networks].filter((it) => (it.live?.rules?.removals.length ?? 0) > 0);
}

async function putBack(driver: NetworkDriver, signal: AbortSignal): Promise<void> {
  const { firewall, log } = driver.parts;
  for (const network of ruledNetworks(driver)) {
    await network.withJob({ kind: 'modify', owner: 'firewall', signal }, async () => {
      const { live } = network;
      if (live?.bridge === undefined || live.rules === undefined) return;
      await firewall.remove(live.rules);
      const rules = await firewall.apply({ network: live.definition, bridge: live.bridge }, signal);
      network.live = { ...live, rules };
      await saveStatus(driver, network.name, network.live, network.ports.values());
    });
    log.warn('firewall rules that someone else had removed were put back', { network: network.name });
  }
}
