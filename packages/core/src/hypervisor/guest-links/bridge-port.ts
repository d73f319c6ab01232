import type { LinkCommands } from '../../ports/links.js';

/** The host's end of a guest's link, and the bridge that it belongs to. */
export interface BridgePort {
  readonly device: string;
  readonly bridge: string;
  /** The guest's own address. */
  readonly mac: string;
  readonly mtu: number | undefined;
  readonly isolated: boolean;
  /** We, not the bridge by watching, say which addresses are behind the port. */
  readonly ownsMacTable: boolean;
}

/**
 * An address for the host's end: like the guest's, but the bridge must not take it for its own, which it would if it were the
 * lowest of its ports'.
 */
export function hostSideMac(mac: string): string {
  const [first = '', ...rest] = mac.toLowerCase().split(':');
  return [first === 'fe' ? 'fa' : 'fe', ...rest].join(':');
}

/** Puts a device on its bridge. Doing it again changes nothing. */
export function bridgePortCommands(port: BridgePort): readonly LinkCommands[] {
  const { device, bridge, mac, mtu } = port;
  const size = mtu === undefined ? '' : ` mtu ${mtu}`;
  const isolated = port.isolated ? [`link set dev ${device} type bridge_slave isolated on`] : [];
  const told = port.ownsMacTable ? [`link set dev ${device} type bridge_slave learning off flood off`] : [];
  const ip: LinkCommands = {
    tool: 'ip',
    lines: [
      `link set dev ${device} address ${hostSideMac(mac)}${size}`,
      `link set dev ${device} master ${bridge}`,
      ...isolated,
      ...told,
      `link set dev ${device} up`,
    ],
  };
  const table: LinkCommands = {
    tool: 'bridge',
    lines: [`fdb replace ${mac} dev ${device} master static`],
  };
  return port.ownsMacTable ? [ip, table] : [ip];
}
