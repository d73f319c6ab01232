import { VirError } from '../../errors/vir-error.js';
import type { Uuid } from '../../wire/uuid.js';
import { attr, childAttr, leaf } from '../../xml/attribute.js';
import { formatLive, parseLive } from '../../xml/context.js';
import { child, element, expectRoot, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { mac } from '../../xml/mac.js';
import { readXml } from '../../xml/reader.js';
import { oneOf, string, uuid, yesNo } from '../../xml/scalars.js';
import { variants } from '../../xml/variants.js';
import { bandwidth } from '../bandwidth.js';
import { pciAddress } from '../domain/address.js';
import { required } from '../refusals.js';
import { virtualport } from '../virtual-port.js';
import { vlan } from '../vlan.js';
import { malformed } from './refuse.js';

const bridgePlug = {
  bridge: attr(string, required('Missing network port bridge name')),
  macTableManager: optional(
    attr(oneOf('kernel', 'libvirt'), {
      invalid: (value) => malformed(`Invalid macTableManager setting '${value}' in network port`),
    }),
  ),
};

const plug = element(
  'plug',
  variants('type', {
    network: bridgePlug,
    bridge: bridgePlug,
    direct: {
      dev: attr(string, required('Missing network port link device name')),
      mode: optional(
        attr(oneOf('vepa', 'private', 'bridge', 'passthrough'), {
          invalid: (value) => malformed(`Invalid mode setting '${value}' in network port`),
        }),
      ),
    },
    'hostdev-pci': {
      managed: optional(attr(yesNo)),
      driver: optional(
        child(
          element('driver', {
            name: optional(attr(oneOf('kvm', 'vfio', 'xen'))),
            model: optional(attr(string)),
          }),
        ),
      ),
      address: child(
        element('address', pciAddress, { whenEmpty: 'keep' }),
        required('Missing network port PCI address'),
      ),
    },
  }),
);
export type Plug = Infer<typeof plug>;

const owner = element('owner', {
  name: leaf(string, required('network port has no owner name')),
  uuid: leaf(uuid, {
    missing: () => malformed('network port has no owner UUID'),
    invalid: (value) => malformed(`Unable to parse UUID '${value}'`),
  }),
});

const portElement = element('networkport', {
  uuid: optional(leaf(uuid, { invalid: (value) => malformed(`Unable to parse UUID '${value}'`) })),
  owner: child(owner, required('network port has no owner name')),
  group: optional(leaf(string)),
  mac: childAttr('mac', 'address', mac, {
    missing: () => malformed('network port has no mac'),
    invalid: (value) => malformed(`Unable to parse MAC '${value}'`),
  }),
  virtualport: optional(child(virtualport)),
  bandwidth: optional(child(bandwidth)),
  vlan: optional(child(vlan)),
  port: optional(child(element('port', { isolated: optional(attr(yesNo)) }))),
  rxfilters: optional(childAttr('rxfilters', 'trustGuest', yesNo)),
  plug: optional(child(plug)),
});

/** A guest's place on a network. */
export interface NetworkPort extends Infer<typeof portElement> {
  readonly uuid: Uuid;
}

/** @throws VirError XML_DETAIL, XML_ERROR */
export function parseNetworkPort(text: string, options: { readonly newUuid: () => Uuid }): NetworkPort {
  const node = readXml(text, { source: 'networkport_definition', domain: 'NETWORK' });
  try {
    const read = portElement.parse(expectRoot(node, 'networkport'), parseLive);
    return { ...read, uuid: read.uuid ?? options.newUuid() };
  } catch (error) {
    throw error instanceof VirError ? error.inDomain('NETWORK') : error;
  }
}

/** The document of `port`, ending with a newline. */
export function formatNetworkPort(port: NetworkPort): string {
  return portElement.format(port, formatLive);
}
