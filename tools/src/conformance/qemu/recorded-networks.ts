import { attributeOf, childOf, childrenOf, readXml, type XmlElement } from '@modvirt/core/xml';
import type { DirectMode, HostPciAddress, NetworkPlug, PlanNetworks } from '@modvirt/virtqemud/plan';
import type { Corpus } from '../case.js';

const DIRECT_MODES: readonly DirectMode[] = ['vepa', 'private', 'bridge', 'passthrough'];

/** Networks by documents: `A;B` is network A, which plugs interfaces in as port B says. */
export function recordedNetworks(corpus: Corpus): PlanNetworks {
  return {
    plugOf(net) {
      const port = net.type === 'network' ? net.source?.network.split(';')[1] : undefined;
      if (port === undefined) return undefined;
      const root = readXml(corpus.read(`virnetworkportxml2xmldata/${port}.xml`), {
        source: 'networkport',
        domain: 'NETWORK',
      });
      const plug = childOf(root, 'plug');
      return plug === undefined ? undefined : plugOf(plug);
    },
    addressOf(name) {
      const root = readXml(corpus.read(`networkxml2xmlin/${name.split(';')[0]}.xml`), {
        source: 'network',
        domain: 'NETWORK',
      });
      const ips = childrenOf(root, 'ip');
      return ips.map((it) => attributeOf(it, 'address')).find((it) => it !== undefined);
    },
  };
}

function plugOf(plug: XmlElement): NetworkPlug | undefined {
  switch (attributeOf(plug, 'type')) {
    case 'network':
      return { type: 'bridge', bridge: attributeOf(plug, 'bridge') ?? '' };
    case 'bridge':
      return { type: 'host-bridge', bridge: attributeOf(plug, 'bridge') ?? '' };
    case 'direct':
      return {
        type: 'direct',
        dev: attributeOf(plug, 'dev') ?? '',
        mode: modeOf(plug),
      };
    case 'hostdev-pci': {
      const address = childOf(plug, 'address');
      const managed = attributeOf(plug, 'managed') === 'yes';
      return address === undefined ? undefined : { type: 'hostdev', address: addressOf(address), managed };
    }
    default:
      return undefined;
  }
}

function modeOf(plug: XmlElement): DirectMode {
  return DIRECT_MODES.find((it) => it === attributeOf(plug, 'mode')) ?? 'vepa';
}

function addressOf(node: XmlElement): HostPciAddress {
  const part = (name: string) => Number(attributeOf(node, name) ?? 0);
  return { domain: part('domain'), bus: part('bus'), slot: part('slot'), function: part('function') };
}
