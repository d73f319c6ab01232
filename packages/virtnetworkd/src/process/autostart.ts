import type { NetworkDriver } from '../driver.js';
import { startNetwork } from './start-network.js';

/** Starts the networks that are marked so, once in the life of the host. One that cannot start holds up no other. */
export async function startMarkedNetworks(driver: NetworkDriver, signal: AbortSignal): Promise<void> {
  const { files, log, paths } = driver.parts;
  const marker = `${paths.state}/autostarted`;
  if ((await files.info(marker)) !== undefined) return;
  await files.ensureDirectory(paths.state, { mode: 0o755 });
  await files.replace(marker, '', { mode: 0o600 });
  for (const network of driver.networks) {
    const { persistent } = network;
    if (!network.autostart || network.isActive || persistent === undefined) continue;
    if (signal.aborted) return;
    try {
      await network.withJob({ kind: 'modify', owner: 'autostart', signal }, (job) =>
        startNetwork(driver, job, network, persistent),
      );
    } catch (error) {
      log.error('network could not be started by itself', { network: network.name, error });
    }
  }
}
