import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';
import { loadPorts } from '../status/port-files.js';
import { parseStatus, removeStatus, saveStatus } from '../status/status-file.js';
import { needsDnsmasq, runningDnsmasq, startDnsmasq } from './dnsmasq.js';
import { linkExists } from './host-links.js';
import { watchDnsmasq } from './watch-dnsmasq.js';

const EXTENSION = '.xml';

/** Reads the definitions, and takes over the networks that an earlier daemon left active. */
export async function loadNetworks(driver: NetworkDriver): Promise<void> {
  const { log, files, paths } = driver.parts;
  await driver.store.load(({ name, text, autostart }) => {
    const definition = driver.parse(text);
    if (definition.name !== name) {
      throw new Error(`the file is called ${name} but defines network '${definition.name}'`);
    }
    const { network } = driver.networks.claim(definition);
    network.persistent = definition;
    network.autostart = autostart;
  });
  for (const { name, type } of await files.list(paths.state)) {
    if (type !== 'file' || !name.endsWith(EXTENSION)) continue;
    try {
      await takeOver(driver, name.slice(0, -EXTENSION.length));
    } catch (error) {
      log.error('active network cannot be taken over', { network: name, error });
    }
  }
}

async function takeOver(driver: NetworkDriver, name: string): Promise<void> {
  const { parts } = driver;
  const bytes = await parts.files.read(`${parts.paths.state}/${name}${EXTENSION}`);
  const { definition, rules } = parseStatus(new TextDecoder().decode(bytes), parts.newUuid);
  const bridge = definition.bridge?.name;
  if (rules !== undefined && (bridge === undefined || !(await linkExists(parts, bridge)))) {
    // The host was started again, or somebody took the bridge away: the network is not active.
    await parts.firewall.remove(rules);
    await removeStatus(driver, name);
    return;
  }
  const { network } = driver.networks.claim(definition);
  network.live = { definition, bridge, rules, dnsmasq: await runningDnsmasq(parts, name) };
  await loadPorts(driver, network);
  await mend(driver, network);
}

/** Puts back what was lost meanwhile. */
async function mend(driver: NetworkDriver, network: NetworkObject): Promise<void> {
  const { parts } = driver;
  const { live } = network;
  if (live?.bridge === undefined || live.rules === undefined) return;
  const { definition, bridge } = live;
  const { signal } = parts.scope;
  await parts.firewall.remove(live.rules);
  const rules = await parts.firewall.apply({ network: definition, bridge }, signal);
  const served = live.dnsmasq !== undefined || !needsDnsmasq(definition);
  const dnsmasq = served ? live.dnsmasq : await startDnsmasq(parts, definition, bridge, signal);
  network.live = { ...live, rules, dnsmasq };
  await saveStatus(driver, network.name, network.live, network.ports.values());
  watchDnsmasq(driver, network);
}
