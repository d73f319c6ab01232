import { VirError } from '../../errors/vir-error.js';
import type { XmlElement } from '../../xml/node.js';
import { sameIp } from '../ip-number.js';
import {
  checkDnsHost,
  checkDnsSrv,
  type Dns,
  type DnsHost,
  type DnsSrv,
  dnsHost,
  dnsSrv,
  dnsTxt,
} from './dns.js';
import type { Network } from './filled-network.js';
import { malformed } from './refuse.js';
import { type UpdateCommand, updateList } from './update-list.js';

const invalid = (detail: string): VirError => VirError.of('OPERATION_INVALID', detail);
const NO_DNS: Dns = { forwarders: [], txts: [], srvs: [], hosts: [] };

export function updateDnsHost(network: Network, command: UpdateCommand, node: XmlElement): Network {
  const { name, dns = NO_DNS } = network;
  const given = dnsHost(name).parse(node);
  if (command !== 'delete') checkDnsHost(name, given);
  else if (given.ip === undefined && given.hostnames.length === 0) {
    throw VirError.of('XML_DETAIL', `Missing ip and hostname in network '${name}' DNS HOST record`);
  }
  const isSameAddress = (it: DnsHost) => sameIp(it.ip, given.ip);
  const isNamed = (it: DnsHost) => it.hostnames.some(({ name: one }) => hasName(given, one));
  const hosts = updateList(dns.hosts, command, given, {
    isMeant: (it) => isSameAddress(it) || (command === 'delete' && isNamed(it)),
    isInTheWay: isSameAddress,
    notFound: () => invalid(`couldn't locate a matching DNS HOST record in network ${name}`),
    exists: () =>
      invalid(`there is already at least one DNS HOST record with a matching field in network ${name}`),
    ambiguous: () => invalid(`multiple matching DNS HOST records were found in network ${name}`),
  });
  return { ...network, dns: { ...dns, hosts } };
}

function hasName({ hostnames }: DnsHost, name: string | undefined): boolean {
  return name !== undefined && hostnames.some((it) => it.name === name);
}

export function updateDnsTxt(network: Network, command: UpdateCommand, node: XmlElement): Network {
  const { name, dns = NO_DNS } = network;
  const given = dnsTxt(name).parse(node);
  if (command !== 'delete' && given.value === undefined) {
    throw malformed(
      `missing required value attribute in DNS TXT record named '${given.name}' of network ${name}`,
    );
  }
  const txts = updateList(dns.txts, command, given, {
    isMeant: (it) =>
      it.name === given.name &&
      (command === 'modify' || given.value === undefined || it.value === given.value),
    isInTheWay: (it) => it.name === given.name,
    notFound: () => invalid(`couldn't locate a matching DNS TXT record in network ${name}`),
    exists: () => invalid(`there is already a DNS TXT record with name '${given.name}' in network ${name}`),
  });
  return { ...network, dns: { ...dns, txts } };
}

export function updateDnsSrv(network: Network, command: UpdateCommand, node: XmlElement): Network {
  const { name, dns = NO_DNS } = network;
  const given = dnsSrv(name).parse(node);
  if (command !== 'delete') checkDnsSrv(name, given);
  const srvs = updateList(dns.srvs, command, given, {
    isMeant: command === 'modify' ? (it) => isSameService(given, it) : (it) => agrees(given, it),
    notFound: () => invalid(`couldn't locate a matching DNS SRV record in network ${name}`),
    exists: () =>
      invalid(
        `there is already at least one DNS SRV record matching all specified fields in network ${name}`,
      ),
    ambiguous: () =>
      invalid(`multiple DNS SRV records matching all specified fields were found in network ${name}`),
  });
  return { ...network, dns: { ...dns, srvs } };
}

function isSameService(given: DnsSrv, entry: DnsSrv): boolean {
  return (
    given.service === entry.service &&
    given.protocol === entry.protocol &&
    given.domain === entry.domain &&
    given.target === entry.target
  );
}

const SRV_FIELDS = ['service', 'protocol', 'domain', 'target', 'port', 'priority', 'weight'] as const;

/** Everything that is said must be so. */
function agrees(given: DnsSrv, entry: DnsSrv): boolean {
  return SRV_FIELDS.every((field) => given[field] === undefined || given[field] === entry[field]);
}
