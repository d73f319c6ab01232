import { VirError } from '../../errors/vir-error.js';
import { attr, text } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { string, uint, yesNo } from '../../xml/scalars.js';
import { ipNumber } from '../ip-number.js';
import { malformed } from './refuse.js';

interface ForwarderFields {
  readonly domain?: string;
  readonly addr?: unknown;
}

function checkForwarder({ domain, addr }: ForwarderFields): void {
  if (domain !== undefined || addr !== undefined) return;
  throw malformed('Invalid forwarder element, must contain at least one of addr or domain');
}

function forwarder(network: string) {
  return element(
    'forwarder',
    {
      domain: optional(attr(string)),
      addr: optional(
        attr(ipNumber, {
          invalid: (value) => malformed(`Invalid forwarder IP address '${value}' in network '${network}'`),
        }),
      ),
    },
    { check: checkForwarder },
  );
}

/** `<txt>`: a text record. */
export function dnsTxt(network: string) {
  return element(
    'txt',
    {
      name: attr(string, {
        missing: () => malformed(`missing required name attribute in DNS TXT record of network ${network}`),
      }),
      value: optional(attr(string)),
    },
    {
      check({ name }) {
        if (!/[ ,]/.test(name)) return;
        throw malformed(`prohibited character in DNS TXT record name '${name}' of network ${network}`);
      },
    },
  );
}
export type DnsTxt = Infer<ReturnType<typeof dnsTxt>>;

const MAX_SERVICE = 63;

function srvNumber(network: string, what: string, beginning: string) {
  return optional(
    attr(uint(), {
      name: what,
      invalid: () => malformed(`${beginning} DNS SRV ${what} attribute in network '${network}'`),
    }),
  );
}

/** `<srv>`: a service record. What must be there depends on what it is read for. */
export function dnsSrv(network: string) {
  return element(
    'srv',
    {
      service: optional(attr(string)),
      protocol: optional(attr(string)),
      domain: optional(attr(string)),
      target: optional(attr(string)),
      port: srvNumber(network, 'port', 'invalid'),
      priority: srvNumber(network, 'priority', 'Invalid'),
      weight: srvNumber(network, 'weight', 'invalid'),
    },
    { check: (srv) => checkSrvNames(network, srv) },
  );
}
export type DnsSrv = Infer<ReturnType<typeof dnsSrv>>;

interface SrvNames {
  readonly service?: string;
  readonly protocol?: string;
}

function checkSrvNames(network: string, { service, protocol }: SrvNames): void {
  if (service !== undefined && service.length > MAX_SERVICE) {
    throw malformed(
      `service attribute '${service}' in network '${network}' is too long, limit is ${MAX_SERVICE} bytes`,
    );
  }
  if (service !== undefined && !/^[-a-zA-Z0-9_+/*]*$/.test(service)) {
    throw malformed(
      `invalid character in service attribute '${service}' in DNS SRV record of network '${network}'`,
    );
  }
  if (protocol !== undefined && !/^[-a-zA-Z0-9+/]*$/.test(protocol)) {
    throw malformed(
      `invalid character in protocol attribute '${protocol}' in DNS SRV record of network '${network}'`,
    );
  }
}

/** @throws VirError XML_ERROR when a record of a definition lacks what it needs, or has what makes no sense in it */
export function checkDnsSrv(network: string, srv: DnsSrv): void {
  const { service, protocol, target } = srv;
  if (service === undefined) {
    throw malformed(`missing required service attribute in DNS SRV record of network '${network}'`);
  }
  if (protocol === undefined) {
    throw malformed(
      `missing required protocol attribute in DNS SRV record '${service}' of network '${network}'`,
    );
  }
  for (const name of ['port', 'priority', 'weight'] as const)
    checkSrvNumber(network, service, name, srv[name], target);
}

function checkSrvNumber(
  network: string,
  service: string,
  name: 'port' | 'priority' | 'weight',
  value: number | undefined,
  target: string | undefined,
): void {
  if (value === undefined) return;
  if (target === undefined) {
    throw malformed(
      `DNS SRV ${name} attribute not permitted without target for service '${service}' in network '${network}'`,
    );
  }
  if (value <= 0xffff && (name !== 'port' || value > 0)) return;
  const invalid = name === 'priority' ? 'Invalid' : 'invalid';
  throw malformed(`${invalid} DNS SRV ${name} attribute for service '${service}' in network '${network}'`);
}

/** `<host>`: names of an address. What must be there depends on what it is read for. */
export function dnsHost(network: string) {
  return element('host', {
    ip: optional(
      attr(ipNumber, {
        invalid: () => malformed(`Invalid IP address in network '${network}' DNS HOST record`),
      }),
    ),
    hostnames: children(element('hostname', { name: optional(text(string)) })),
  });
}
export type DnsHost = Infer<ReturnType<typeof dnsHost>>;

/** @throws VirError XML_DETAIL when a record of a definition lacks its address or has no names */
export function checkDnsHost(network: string, host: DnsHost): void {
  if (host.ip === undefined) {
    throw VirError.of('XML_DETAIL', `Missing IP address in network '${network}' DNS HOST record`);
  }
  if (host.hostnames.length === 0) {
    throw VirError.of('XML_DETAIL', `Missing hostname in network '${network}' DNS HOST record`);
  }
}

/** `<dns>`: what the network's name server answers. */
export function dns(network: string) {
  return element('dns', {
    enable: optional(attr(yesNo)),
    forwardPlainNames: optional(attr(yesNo)),
    forwarders: children(forwarder(network)),
    txts: children(dnsTxt(network)),
    srvs: children(dnsSrv(network)),
    hosts: children(dnsHost(network)),
  });
}
export type Dns = Infer<ReturnType<typeof dns>>;

const domain = element('domain', {
  name: attr(string),
  localOnly: optional(attr(yesNo)),
  register: optional(attr(yesNo)),
});

/** `<domain>`: the DNS domain of the network's guests. */
export const dnsDomain = optional(child(domain));
