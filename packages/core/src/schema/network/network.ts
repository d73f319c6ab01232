import { VirError } from '../../errors/vir-error.js';
import { attr, childAttr, leaf } from '../../xml/attribute.js';
import { child, children, element, type Infer, raw } from '../../xml/element.js';
import { optional, printedIf, when } from '../../xml/field.js';
import { mac } from '../../xml/mac.js';
import { string, uint, uuid, yesNo } from '../../xml/scalars.js';
import { bandwidth } from '../bandwidth.js';
import { virtualport } from '../virtual-port.js';
import { vlan } from '../vlan.js';
import { bridge } from './bridge.js';
import { dns, dnsDomain } from './dns.js';
import { dnsmasqNamespace, dnsmasqOptions } from './dnsmasq-options.js';
import { forward } from './forward.js';
import { networkIp } from './network-ip.js';
import { networkRoute } from './network-route.js';
import { portgroup } from './portgroup.js';
import { invalidIn, malformed } from './refuse.js';

/** `<network>`, as it stands in a document. Errors name the network, so its declaration is made for one. */
export function networkElement(name: string) {
  return element(
    'network',
    {
      connections: when(
        (cx) => !cx.inactive,
        printedIf((count: number) => count > 0, optional(attr(uint()))),
      ),
      ipv6: printedIf(
        (it) => it,
        optional(
          attr(yesNo, {
            invalid: (value) => malformed(`Invalid ipv6 setting '${value}' in network '${name}'`),
          }),
        ),
      ),
      trustGuestRxFilters: optional(attr(yesNo)),
      name: leaf(string, { missing: () => VirError.of('NO_NAME') }),
      uuid: optional(leaf(uuid, { invalid: () => VirError.of('XML_ERROR', 'malformed uuid element') })),
      title: optional(leaf(string)),
      description: optional(leaf(string)),
      metadata: optional(raw()),
      forward: optional(child(forward(name))),
      bridge: optional(child(bridge(name))),
      mtu: optional(childAttr('mtu', 'size', uint('bytes'), invalidIn(name, 'mtu size'))),
      mac: optional(childAttr('mac', 'address', mac, invalidIn(name, 'bridge mac address'))),
      domain: dnsDomain,
      dns: optional(child(dns(name))),
      vlan: optional(child(vlan)),
      bandwidth: optional(child(bandwidth)),
      port: optional(child(element('port', { isolated: optional(attr(yesNo)) }))),
      ips: children(networkIp(name)),
      routes: children(networkRoute(name)),
      virtualport: optional(child(virtualport)),
      portgroups: children(portgroup),
      dnsmasqOptions: optional(child(dnsmasqOptions)),
    },
    {
      declares: (value) => ((value.dnsmasqOptions?.options.length ?? 0) > 0 ? [dnsmasqNamespace] : []),
    },
  );
}
export type NetworkElement = Infer<ReturnType<typeof networkElement>>;
