import { VirError } from '@modvirt/core/errors';
import { hasOwnBridge, type Network } from '@modvirt/core/schema';
import { hasDhcp } from './dhcp-ips.js';
import { portForwards } from './port-forwards.js';

const unsupported = (detail: string): VirError =>
  VirError.of('CONFIG_UNSUPPORTED', detail, { domain: 'NETWORK' });
const malformed = (detail: string): VirError => VirError.of('XML_ERROR', detail, { domain: 'NETWORK' });

/** What this driver cannot do, of what can be written down. @throws VirError CONFIG_UNSUPPORTED, XML_ERROR */
export function checkNetwork(network: Network): void {
  const mode = network.forward?.mode;
  if (hasOwnBridge(mode)) checkDhcp(network);
  else checkForeign(network, mode ?? '');
  checkPortgroups(network);
  checkDeviceNames(network);
  // What cannot be forwarded is refused when it is written down.
  portForwards(network);
}

/** As the kernel takes them; they become words of other programs' scripts. `%d` is where a number goes. */
const DEVICE_NAME = /^[A-Za-z0-9_.][A-Za-z0-9_.:@+%-]{0,14}$/;

function checkDeviceNames({ name, bridge, forward }: Network): void {
  const names = [bridge?.name, forward?.pf?.dev, ...(forward?.interfaces.map((it) => it.dev) ?? [])];
  for (const device of names) {
    if (device === undefined) continue;
    if (DEVICE_NAME.test(device) && !/^[.]{1,2}$/.test(device)) continue;
    throw malformed(`invalid device name ${JSON.stringify(device)} in network '${name}'`);
  }
}

function checkForeign(network: Network, mode: string): void {
  const refuse = (what: string) =>
    unsupported(`Unsupported ${what} element in network ${network.name} with forward mode='${mode}'`);
  if (network.mac !== undefined) throw refuse('<mac>');
  if (network.ips.length > 0) throw refuse('<ip>');
  if (network.dns !== undefined) throw refuse('<dns>');
  if (network.domain !== undefined) throw refuse('<domain>');
  if (network.bandwidth !== undefined) throw refuse('network-wide <bandwidth>');
}

function checkDhcp({ ips }: Network): void {
  for (const family of ['ipv4', 'ipv6'] as const) {
    const serving = ips.filter((it) => it.address.family === family && hasDhcp(it));
    if (serving.length < 2) continue;
    const version = family === 'ipv4' ? 'IPv4' : 'IPv6';
    throw malformed(
      `Multiple ${version} dhcp sections found -- dhcp is supported only for a single ${version} address on each network`,
    );
  }
}

function checkPortgroups({ name, portgroups }: Network): void {
  const seen = new Set<string>();
  let first: string | undefined;
  for (const group of portgroups) {
    if (seen.has(group.name)) {
      throw malformed(
        `multiple <portgroup> elements with the same name (${group.name}) in network '${name}'`,
      );
    }
    seen.add(group.name);
    if (group.default !== true) continue;
    if (first !== undefined) {
      throw malformed(
        `network '${name}' has multiple default <portgroup> elements (${first} and ${group.name}), but only one default is allowed`,
      );
    }
    first = group.name;
  }
}
