import { VirError } from '@modvirt/core/errors';
import { hasOwnBridge, type Network, type NetworkPort, type Plug } from '@modvirt/core/schema';

/**
 * A port with everything that it takes from its network and port group, and what it is plugged into.
 *
 * @throws VirError OPERATION_INVALID, CONFIG_UNSUPPORTED
 */
export function plugPort(network: Network, port: NetworkPort): NetworkPort {
  const group =
    network.portgroups.find((it) => it.name === port.group) ??
    (port.group === undefined ? network.portgroups.find((it) => it.default === true) : undefined);
  const virtualport = port.virtualport ?? group?.virtualport ?? network.virtualport;
  const bandwidth = port.bandwidth ?? group?.bandwidth;
  const vlan = port.vlan ?? group?.vlan ?? network.vlan;
  const isolation = port.port ?? network.port;
  const trust = port.rxfilters ?? group?.trustGuestRxFilters ?? network.trustGuestRxFilters;
  return {
    ...port,
    ...(group === undefined ? {} : { group: group.name }),
    ...(virtualport === undefined ? {} : { virtualport }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(vlan === undefined ? {} : { vlan }),
    ...(isolation === undefined ? {} : { port: isolation }),
    ...(trust === undefined ? {} : { rxfilters: trust }),
    plug: plugOf(network),
  };
}

function plugOf(network: Network): Plug {
  const { forward, bridge } = network;
  const mode = forward?.mode;
  const manager = bridge?.macTableManager === undefined ? {} : { macTableManager: bridge.macTableManager };
  if (hasOwnBridge(mode)) return { type: 'network', bridge: bridge?.name ?? '', ...manager };
  if (mode === 'bridge' && bridge?.name !== undefined)
    return { type: 'bridge', bridge: bridge.name, ...manager };
  const direct = mode === 'bridge' || mode === 'private' || mode === 'vepa' || mode === 'passthrough';
  const dev = forward?.interfaces[0]?.dev;
  if (direct && dev !== undefined) return { type: 'direct', dev, mode };
  if (direct) {
    throw VirError.of(
      'INTERNAL_ERROR',
      `network '${network.name}' uses a direct mode, but has no forward dev and no interface pool`,
    );
  }
  throw VirError.of(
    'CONFIG_UNSUPPORTED',
    `network '${network.name}' hands out devices of the host, which is not supported yet`,
  );
}
