import type { NetworkPlug, PlanContext } from '../context.js';
import type { DomainDraft, Draft } from './draft.js';
import type { NetworkInterface } from './types.js';

/** Connects interfaces of virtual networks to what these have for them at this start. */
export function plugInterfaces(domain: DomainDraft, cx: PlanContext): void {
  const { interfaces } = domain.devices;
  for (const [at, net] of interfaces.entries()) {
    if (net.type !== 'network') continue;
    const plug = cx.networks.plugOf(net);
    if (plug !== undefined) interfaces[at] = plugged(net, plug);
  }
}

type OnNetwork = Extract<Draft<NetworkInterface>, { type: 'network' }>;

function plugged(net: OnNetwork, plug: NetworkPlug): Draft<NetworkInterface> {
  const source = net.source ?? { network: '', ips: [], routes: [] };
  switch (plug.type) {
    case 'bridge':
      return { ...net, source: { ...source, bridge: plug.bridge } };
    case 'direct':
      return { ...net, source: { ...source, dev: plug.dev, mode: plug.mode } };
    case 'hostdev': {
      const address = { type: 'pci' as const, ...plug.address };
      return { ...net, type: 'hostdev', managed: plug.managed, source: { address } };
    }
  }
}
