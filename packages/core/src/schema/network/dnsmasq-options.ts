import { attr } from '../../xml/attribute.js';
import { children, element, type Infer } from '../../xml/element.js';
import { string } from '../../xml/scalars.js';
import type { Namespace } from '../../xml/shape.js';

export const dnsmasqNamespace: Namespace = {
  prefix: 'dnsmasq',
  uri: 'http://libvirt.org/schemas/network/dnsmasq/1.0',
};
const inDnsmasq = { namespace: dnsmasqNamespace };

/** `<dnsmasq:options>`: lines that go to dnsmasq's configuration as they are. */
export const dnsmasqOptions = element(
  'options',
  { options: children(element('option', { value: attr(string) }, inDnsmasq)) },
  inDnsmasq,
);
export type DnsmasqOptions = Infer<typeof dnsmasqOptions>;
