import { VirError } from '@modvirt/core/errors';
import { formatIp, type IpAddress, type Network, parseIp, prefixOf, subnetOf } from '@modvirt/core/schema';
import { attributeOf, type XmlElement } from '@modvirt/core/xml';

/** Namespace of the element in a network's metadata that declares forwards. */
export const FORWARDS_NAMESPACE = 'urn:modvirt:forwards';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Ports of the host that are guests' ports. */
export interface PortForward {
  readonly protocol: 'tcp' | 'udp';
  /** The host's address; undefined: all that it has. */
  readonly address: IpAddress | undefined;
  readonly ports: PortRange;
  readonly to: IpAddress;
  /** As many as `ports`. */
  readonly toPorts: PortRange;
}

/**
 * The forwards that a network's metadata declares:
 * `<f:forwards xmlns:f='urn:modvirt:forwards'><f:forward proto='tcp' port='8080' to='10.0.0.5' toPort='80'/></f:forwards>`.
 *
 * @throws VirError XML_ERROR, CONFIG_UNSUPPORTED
 */
export function portForwards(network: Network): readonly PortForward[] {
  const declared = (network.metadata?.children ?? []).filter(
    (it): it is XmlElement =>
      it.kind === 'element' && it.local === 'forwards' && it.namespace === FORWARDS_NAMESPACE,
  );
  const forwards = declared.flatMap((it) => elementsOf(it).map((node) => forwardIn(node, network)));
  if (forwards.length > 0 && !['nat', 'route', 'open'].includes(network.forward?.mode ?? '')) {
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      `ports are forwarded to networks with forward mode nat, route or open only, not to network '${network.name}'`,
      { domain: 'NETWORK' },
    );
  }
  refuseTwice(forwards, network);
  return forwards;
}

function elementsOf(node: XmlElement): readonly XmlElement[] {
  return node.children.filter(
    (it): it is XmlElement =>
      it.kind === 'element' && it.local === 'forward' && it.namespace === FORWARDS_NAMESPACE,
  );
}

function refuse(network: Network, what: string): never {
  throw VirError.of('XML_ERROR', `${what} in a port forward of network '${network.name}'`, {
    domain: 'NETWORK',
  });
}

function forwardIn(node: XmlElement, network: Network): PortForward {
  const protocol = attributeOf(node, 'proto') ?? 'tcp';
  if (protocol !== 'tcp' && protocol !== 'udp') refuse(network, `unknown protocol '${protocol}'`);
  const ports = rangeIn(attributeOf(node, 'port'), 'port', network);
  const to = addressIn(attributeOf(node, 'to'), 'to', network);
  if (to === undefined) refuse(network, "missing attribute 'to'");
  if (!isInside(network, to)) refuse(network, `address ${formatIp(to)} outside of the network's subnets`);
  const address = addressIn(attributeOf(node, 'address'), 'address', network);
  if (address !== undefined && address.family !== to.family) refuse(network, 'two address families');
  const toPort = attributeOf(node, 'toPort');
  const toPorts = toPort === undefined ? ports : rangeIn(toPort, 'toPort', network);
  if (toPorts.last - toPorts.first !== ports.last - ports.first)
    refuse(network, 'two ranges of unequal length');
  return { protocol, address, ports, to, toPorts };
}

const LAST_PORT = 65_535;

function rangeIn(text: string | undefined, name: string, network: Network): PortRange {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text ?? '') ?? [];
  const range = { first: Number(first), last: Number(last) };
  const isRange = range.first >= 1 && range.last <= LAST_PORT && range.first <= range.last;
  return isRange ? range : refuse(network, `invalid ${name} '${text ?? ''}'`);
}

function addressIn(text: string | undefined, name: string, network: Network): IpAddress | undefined {
  if (text === undefined) return undefined;
  return parseIp(text) ?? refuse(network, `invalid ${name} '${text}'`);
}

function isInside(network: Network, address: IpAddress): boolean {
  return network.ips.some((ip) => {
    if (ip.address.family !== address.family) return false;
    const prefix = prefixOf(ip);
    return subnetOf(ip.address, prefix).value === subnetOf(address, prefix).value;
  });
}

function refuseTwice(forwards: readonly PortForward[], network: Network): void {
  for (const [at, one] of forwards.entries()) {
    const other = forwards.slice(at + 1).find((it) => overlap(one, it));
    if (other === undefined) continue;
    refuse(network, `${other.protocol} port ${Math.max(one.ports.first, other.ports.first)} is taken twice`);
  }
}

function overlap(one: PortForward, other: PortForward): boolean {
  if (one.protocol !== other.protocol || one.to.family !== other.to.family) return false;
  const sameAddress =
    one.address === undefined || other.address === undefined || one.address.value === other.address.value;
  return sameAddress && one.ports.first <= other.ports.last && other.ports.first <= one.ports.last;
}
