import { VirError } from '../../errors/vir-error.js';
import type { XmlElement } from '../../xml/node.js';
import { readXml } from '../../xml/reader.js';
import type { Forward, Network } from './filled-network.js';
import { forwardInterface } from './forward.js';
import { type Portgroup, portgroup } from './portgroup.js';
import { malformed } from './refuse.js';
import { updateDhcpHost, updateDhcpRange } from './update-dhcp.js';
import { updateDnsHost, updateDnsSrv, updateDnsTxt } from './update-dns.js';
import { type UpdateCommand, updateList } from './update-list.js';

/** Sections in the order of their numbers, as virNetworkUpdateSection has them. */
export const NETWORK_SECTIONS = [
  'none',
  'bridge',
  'domain',
  'ip',
  'ip-dhcp-host',
  'ip-dhcp-range',
  'forward',
  'forward-interface',
  'forward-pf',
  'portgroup',
  'dns-host',
  'dns-txt',
  'dns-srv',
] as const;
export type NetworkSection = (typeof NETWORK_SECTIONS)[number];

export interface NetworkUpdate {
  readonly command: UpdateCommand;
  readonly section: NetworkSection;
  /** Which of several parents; below 0: not said. */
  readonly parentIndex: number;
  readonly xml: string;
}

/** `network` with one section changed. @throws VirError in libvirt's words, and nothing is changed */
export function updateNetwork(network: Network, update: NetworkUpdate): Network {
  try {
    return updateSection(network, update);
  } catch (error) {
    throw error instanceof VirError ? error.inDomain('NETWORK') : error;
  }
}

function updateSection(network: Network, update: NetworkUpdate): Network {
  const { command, section, parentIndex } = update;
  const read = (element: string) => readSection(network.name, update.xml, element);
  switch (section) {
    case 'ip-dhcp-host':
      return updateDhcpHost(network, command, read('host'), parentIndex);
    case 'ip-dhcp-range':
      return updateDhcpRange(network, command, read('range'), parentIndex);
    case 'forward-interface':
      return updateForwardInterface(network, command, read('interface'));
    case 'portgroup':
      return updatePortgroup(network, command, read('portgroup'));
    case 'dns-host':
      return updateDnsHost(network, command, read('host'));
    case 'dns-txt':
      return updateDnsTxt(network, command, read('txt'));
    case 'dns-srv':
      return updateDnsSrv(network, command, read('srv'));
    case 'none':
      throw VirError.of('NO_SUPPORT', "can't update unrecognized section of network");
    default: {
      const shown = section === 'forward-pf' ? 'forward pf' : section;
      throw VirError.of('NO_SUPPORT', `can't update '${shown}' section of network '${network.name}'`);
    }
  }
}

function readSection(network: string, xml: string, element: string): XmlElement {
  const node = readXml(xml, { source: 'network_update_xml', domain: 'NETWORK' });
  if (node.name === element) return node;
  throw malformed(
    `unexpected element <${node.name}>, expecting <${element}>, while updating network '${network}'`,
  );
}

function updateForwardInterface(network: Network, command: UpdateCommand, node: XmlElement): Network {
  const { name, forward } = network;
  const given = forwardInterface.parse(node);
  const { dev } = given;
  if (dev === undefined) throw malformed('missing dev attribute in <interface> element');
  const interfaces = updateList(forward?.interfaces ?? [], command, given, {
    isMeant: (it) => it.dev === dev,
    unmodifiable: 'forward interface entries cannot be modified, only added or deleted',
    notFound: () =>
      VirError.of(
        'OPERATION_INVALID',
        `couldn't find an interface entry in network '${name}' matching <interface dev='${dev}'>`,
      ),
    exists: () =>
      VirError.of(
        'OPERATION_INVALID',
        `there is an existing interface entry in network '${name}' that matches "<interface dev='${dev}'>"`,
      ),
  });
  // An isolated network has no place for them, and libvirt forgets them too.
  if (forward === undefined) return network;
  const changed: Forward = { ...forward, interfaces };
  return { ...network, forward: changed };
}

function updatePortgroup(network: Network, command: UpdateCommand, node: XmlElement): Network {
  const { name } = network;
  const given = portgroup.parse(node);
  const isMeant = (it: Portgroup) => it.name === given.name;
  if (command !== 'delete' && given.default === true) {
    const other = network.portgroups.find((it) => it.default === true && !isMeant(it));
    if (other !== undefined) {
      throw VirError.of(
        'OPERATION_INVALID',
        `a different portgroup entry in network '${name}' is already set as the default. Only one default is allowed.`,
      );
    }
  }
  const portgroups = updateList(network.portgroups, command, given, {
    isMeant,
    notFound: () =>
      VirError.of(
        'OPERATION_INVALID',
        `couldn't find a portgroup entry in network '${name}' matching <portgroup name='${given.name}'>`,
      ),
    exists: () =>
      VirError.of(
        'OPERATION_INVALID',
        `there is an existing portgroup entry in network '${name}' that matches "<portgroup name='${given.name}'>"`,
      ),
  });
  return { ...network, portgroups };
}
