import { generatedFileHeader } from '@modvirt/core/objects';
import { formatNetworkPort, type NetworkPort, parseNetworkPort } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import type { NetworkDriver } from '../driver.js';
import type { NetworkObject } from '../network-object.js';

const EXTENSION = '.xml';

function directoryOf({ parts }: NetworkDriver, network: string): string {
  return `${parts.paths.state}/${network}/ports`;
}

/** Ports outlive the daemon: the guests on them do too. */
export async function savePort(driver: NetworkDriver, network: string, port: NetworkPort): Promise<void> {
  const directory = directoryOf(driver, network);
  await driver.parts.files.ensureDirectory(directory, { mode: 0o700 });
  const header = generatedFileHeader('net-port-create', port.uuid, port.uuid);
  await driver.parts.files.replace(`${directory}/${port.uuid}${EXTENSION}`, header + formatNetworkPort(port));
}

export async function removePort(driver: NetworkDriver, network: string, uuid: Uuid): Promise<void> {
  await driver.parts.files.remove(`${directoryOf(driver, network)}/${uuid}${EXTENSION}`);
}

/** Takes over the ports of an active network. One that cannot be read is reported and hides no other. */
export async function loadPorts(driver: NetworkDriver, network: NetworkObject): Promise<void> {
  const { files, log, newUuid } = driver.parts;
  const directory = directoryOf(driver, network.name);
  for (const { name } of await files.list(directory)) {
    if (!name.endsWith(EXTENSION)) continue;
    try {
      const text = new TextDecoder().decode(await files.read(`${directory}/${name}`));
      const port = parseNetworkPort(text, { newUuid });
      network.ports.set(port.uuid, port);
    } catch (error) {
      log.error('network port cannot be taken over', { network: network.name, file: name, error });
    }
  }
}
