import type { ActualInterface } from './actual-element.js';
import type { DomainElement } from './domain.js';
import type { NetworkInterface } from './interface.js';

// A running guest's interface on a network shows as what the network made of it. Status files hold what was asked for, with
// what came of it in a child: whoever reads them finds both.

type OnNetwork = Extract<NetworkInterface, { type: 'network' }>;

/** As a running domain has them. */
export function withActualInterfaces(domain: DomainElement): DomainElement {
  return mapInterfaces(domain, actualForm);
}

/** As status files have them. */
export function withWrittenInterfaces(domain: DomainElement): DomainElement {
  return mapInterfaces(domain, writtenForm);
}

function mapInterfaces(
  domain: DomainElement,
  change: (net: NetworkInterface) => NetworkInterface,
): DomainElement {
  const { devices } = domain;
  if (devices?.interfaces === undefined) return domain;
  return { ...domain, devices: { ...devices, interfaces: devices.interfaces.map(change) } };
}

function actualForm(net: NetworkInterface): NetworkInterface {
  const { actual } = net;
  if (actual === undefined || net.type !== 'network') return net;
  const { type, source: given, managed: _managed, class: _class, hostdev: _hostdev, ...settings } = actual;
  const shown = { ...net, ...settings };
  const asked = askedSource(net.source ?? { network: '', ips: [], routes: [] });
  switch (type) {
    case 'network':
      return { ...shown, source: { ...asked, ...given } };
    case 'bridge':
      return { ...shown, type, source: { ...asked, bridge: '', ...bridgeOf(given) } };
    case 'direct':
      return { ...shown, type, source: { dev: '', ...given, ...asked } };
    case 'hostdev':
      return net;
  }
}

function bridgeOf({ bridge, macTableManager }: NonNullable<ActualInterface['source']> = {}) {
  return {
    ...(bridge === undefined ? {} : { bridge }),
    ...(macTableManager === undefined ? {} : { macTableManager }),
  };
}

type Asked = Pick<NonNullable<OnNetwork['source']>, 'network' | 'portgroup' | 'portid' | 'ips' | 'routes'>;

/** What was asked for, without what came of it. */
function askedSource({ network, portgroup, portid, ips, routes }: Asked): Asked {
  return {
    network,
    ips,
    routes,
    ...(portgroup === undefined ? {} : { portgroup }),
    ...(portid === undefined ? {} : { portid }),
  };
}

function writtenForm(net: NetworkInterface): NetworkInterface {
  if (net.type !== 'network' && net.type !== 'bridge' && net.type !== 'direct') return net;
  const { source } = net;
  if (source?.network === undefined) return net;
  const derived = actualOf(net);
  if (derived === undefined) return net;
  // What a running interface has no place for goes on as it was read.
  const actual = { ...net.actual, ...derived };
  const asked = askedSource({ ...source, network: source.network });
  return { ...net, type: 'network', source: asked, actual };
}

function actualOf(
  net: Extract<NetworkInterface, { type: 'network' | 'bridge' | 'direct' }>,
): ActualInterface | undefined {
  const { vlan, virtualport, bandwidth, port, trustGuestRxFilters } = net;
  const settings = {
    ...(vlan === undefined ? {} : { vlan }),
    ...(virtualport === undefined ? {} : { virtualport }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(port === undefined ? {} : { port }),
    ...(trustGuestRxFilters === undefined ? {} : { trustGuestRxFilters }),
  };
  if (net.type === 'direct') {
    const { dev = '', mode } = net.source ?? {};
    const source = { dev, ...(mode === undefined ? {} : { mode }) };
    return { type: 'direct', source, ...settings };
  }
  const { bridge, macTableManager } = net.source ?? {};
  if (bridge === undefined) return undefined;
  const source = { bridge, ...(macTableManager === undefined ? {} : { macTableManager }) };
  return { type: net.type, source, ...settings };
}
