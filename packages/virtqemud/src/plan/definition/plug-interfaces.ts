import type { NetworkPlug, PlanContext } from '../context.js';
import { type DomainDraft, type Draft, draftOf } from './draft.js';
import type { NetworkInterface } from './types.js';

/** Connects interfaces of virtual networks to what these have for them at this start. */
export function plugInterfaces(domain: DomainDraft, cx: PlanContext): void {
  const { interfaces } = domain.devices;
  for (const [at, net] of interfaces.entries()) {
    if (net.type !== 'network') continue;
    const plug = cx.networks.plugOf(net, at);
    if (plug !== undefined) interfaces[at] = plugged(net, plug);
  }
}

type OnNetwork = Extract<Draft<NetworkInterface>, { type: 'network' }>;

function plugged(before: OnNetwork, plug: NetworkPlug): Draft<NetworkInterface> {
  const net = { ...before, ...draftOf(plug.settings ?? {}) };
  const port = plug.portId === undefined ? {} : { portid: plug.portId };
  const source = { ...(net.source ?? { network: '', ips: [], routes: [] }), ...port };
  const manager = plug.macTableManager === undefined ? {} : { macTableManager: plug.macTableManager };
  switch (plug.type) {
    case 'bridge':
      return { ...net, source: { ...source, bridge: plug.bridge, ...manager } };
    case 'host-bridge':
      return { ...net, type: 'bridge', source: { ...source, bridge: plug.bridge, ...manager } };
    case 'direct':
      return { ...net, type: 'direct', source: { ...source, dev: plug.dev, mode: plug.mode } };
    case 'hostdev': {
      const address = { type: 'pci' as const, ...plug.address };
      return { ...net, type: 'hostdev', managed: plug.managed, source: { address } };
    }
  }
}
