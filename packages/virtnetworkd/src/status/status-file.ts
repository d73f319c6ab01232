import { fileNameFor, generatedFileHeader } from '@modvirt/core/objects';
import { formatNetwork, type Network, type NetworkPort, parseNetworkNode } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import {
  attributeOf,
  childOf,
  childrenOf,
  expectRoot,
  readXml,
  textOf,
  type XmlElement,
  XmlWriter,
} from '@modvirt/core/xml';
import type { NetworkDriver } from '../driver.js';
import type { LiveNetwork } from '../network-object.js';
import { classIds, floorSum } from '../plan/network-bandwidth.js';
import type { AppliedRules, Removal } from '../process/firewall.js';

/** What must be known of an active network by the next daemon. */
export interface NetworkStatus {
  readonly definition: Network;
  readonly rules: AppliedRules | undefined;
}

function pathOf({ parts }: NetworkDriver, name: string): string {
  return `${parts.paths.state}/${fileNameFor('network', name, '.xml')}`;
}

/** @param ports who is plugged in */
export async function saveStatus(
  driver: NetworkDriver,
  name: string,
  live: LiveNetwork,
  ports: Iterable<NetworkPort> = [],
): Promise<void> {
  await driver.parts.files.ensureDirectory(driver.parts.paths.state, { mode: 0o755 });
  await driver.parts.files.replace(pathOf(driver, name), formatStatus(live, [...ports]));
}

export async function removeStatus(driver: NetworkDriver, name: string): Promise<void> {
  await driver.parts.files.remove(pathOf(driver, name));
}

/** The file has no newline at its end. */
export function formatStatus(
  { definition, rules }: NetworkStatus,
  ports: readonly NetworkPort[] = [],
): string {
  const writer = new XmlWriter();
  writer.element('networkstatus', 'keep', () => {
    writer.element('class_id', 'keep', () => writer.attribute('bitmap', ranges(classIds(ports))));
    writer.element('floor', 'keep', () => writer.attribute('sum', String(floorSum(ports))));
    if (rules !== undefined) writeRules(writer, rules);
    writer.lines((indent) =>
      formatNetwork(definition)
        .trimEnd()
        .split('\n')
        .map((line) => `${indent}${line}\n`)
        .join(''),
    );
  });
  const header = generatedFileHeader('net-edit', definition.name, definition.uuid);
  return header + writer.toString().trimEnd();
}

/** `0-3,5` */
function ranges(numbers: readonly number[]): string {
  const parts: { first: number; last: number }[] = [];
  for (const number of numbers) {
    const open = parts.at(-1);
    if (open !== undefined && open.last + 1 === number) open.last = number;
    else parts.push({ first: number, last: number });
  }
  return parts.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

function writeRules(writer: XmlWriter, { backend, removals }: AppliedRules): void {
  writer.element('firewall', 'keep', () => {
    writer.attribute('backend', backend);
    writer.element('group', 'spread', () => {
      for (const { layer, words } of removals) {
        writer.element('action', 'keep', () => {
          writer.attribute('layer', layer);
          writer.element('args', 'keep', () => {
            for (const word of words) writer.leaf('item', word);
          });
        });
      }
    });
  });
}

/** @throws VirError for a file that is none of ours */
export function parseStatus(text: string, newUuid: () => Uuid): NetworkStatus {
  const root = expectRoot(readXml(text, { source: 'network_status', domain: 'NETWORK' }), 'networkstatus');
  const network = childOf(root, 'network');
  if (network === undefined) throw new Error('the status file holds no network');
  return { definition: parseNetworkNode(network, { newUuid }), rules: rulesIn(root) };
}

function rulesIn(root: XmlElement): AppliedRules | undefined {
  const firewall = childOf(root, 'firewall');
  const backend = firewall && attributeOf(firewall, 'backend');
  if (firewall === undefined || (backend !== 'nftables' && backend !== 'iptables')) return undefined;
  const actions = childrenOf(firewall, 'group').flatMap((group) => childrenOf(group, 'action'));
  return { backend, removals: actions.map(removalIn) };
}

function removalIn(action: XmlElement): Removal {
  const args = childOf(action, 'args');
  const words = args === undefined ? [] : childrenOf(args, 'item').map((item) => textOf(item));
  return { layer: attributeOf(action, 'layer') === 'ipv6' ? 'ipv6' : 'ipv4', words };
}
