import { VirError } from '../../errors/vir-error.js';
import { attr } from '../../xml/attribute.js';
import { child, children, element, type Infer } from '../../xml/element.js';
import { optional } from '../../xml/field.js';
import { mac } from '../../xml/mac.js';
import { oneOf, string, uint64 } from '../../xml/scalars.js';
import { ipNumber } from '../ip-number.js';
import { malformed } from './refuse.js';

const UNITS = ['seconds', 'minutes', 'hours'] as const;

interface LeaseFields {
  readonly expiry: bigint;
  readonly unit?: (typeof UNITS)[number];
}

function checkLease({ expiry, unit = 'minutes' }: LeaseFields): void {
  const least = { seconds: 120n, minutes: 2n, hours: 1n }[unit];
  if (expiry !== 0n && expiry < least) {
    throw malformed('The minimum lease time should be greater than 2 minutes');
  }
}

/** `<lease>`: how long an address is lent; 0 for ever, and then without unit. */
const lease = element(
  'lease',
  { expiry: attr(uint64()), unit: optional(attr(oneOf(...UNITS))) },
  {
    check: checkLease,
    adjust: ({ expiry, unit }) => (expiry === 0n ? { expiry } : { expiry, unit: unit ?? 'minutes' }),
  },
);
export type Lease = Infer<typeof lease>;

/** `<range>` of addresses that are lent. */
export function dhcpRange(network: string) {
  const missing = (name: string) => ({
    missing: () => malformed(`Missing '${name}' attribute in dhcp range for network '${network}'`),
  });
  return element('range', {
    start: attr(ipNumber, missing('start')),
    end: attr(ipNumber, missing('end')),
    lease: optional(child(lease)),
  });
}
export type DhcpRange = Infer<ReturnType<typeof dhcpRange>>;

function checkMulticast(network: string, address: string | undefined): void {
  if (address === undefined || (Number.parseInt(address.slice(0, 2), 16) & 1) === 0) return;
  throw malformed(`expected unicast mac address, found multicast '${address}' in network '${network}'`);
}

function checkId(network: string, id: string | undefined): void {
  const [bad] = /[^0-9a-fA-F:]/.exec(id ?? '') ?? [];
  if (bad !== undefined) {
    throw malformed(`Invalid character '${bad}' in id '${id}' of network '${network}'`);
  }
}

function checkName(network: string, name: string | undefined): void {
  if (name === undefined || /^[a-zA-Z]/.test(name)) return;
  throw malformed(`Cannot use host name '${name}' in network '${network}'`);
}

/** `<host>`: an address that belongs to one guest. What must be there depends on what it is read for. */
export function dhcpHost(network: string) {
  return element(
    'host',
    {
      mac: optional(
        attr(mac, {
          invalid: (value) => malformed(`Cannot parse MAC address '${value}' in network '${network}'`),
        }),
      ),
      id: optional(attr(string)),
      name: optional(attr(string, { absent: '' })),
      ip: optional(
        attr(ipNumber, {
          invalid: () => malformed(`Invalid IP address in static host definition for network '${network}'`),
        }),
      ),
      lease: optional(child(lease)),
    },
    {
      check(host) {
        checkMulticast(network, host.mac);
        checkId(network, host.id);
        checkName(network, host.name);
      },
    },
  );
}
export type DhcpHost = Infer<ReturnType<typeof dhcpHost>>;

/** @throws VirError XML_ERROR when a host entry of a definition lacks a part that it needs */
export function checkDhcpHost(network: string, host: DhcpHost, family: 'ipv4' | 'ipv6'): void {
  if (family === 'ipv6') {
    if (host.mac !== undefined) {
      throw malformed(
        `Invalid to specify MAC address '${host.mac}' in network '${network}' IPv6 static host definition`,
      );
    }
    if (host.id === undefined && host.name === undefined) {
      throw malformed(`Static host definition in IPv6 network '${network}' must have id or name attribute`);
    }
  } else if (host.mac === undefined && host.name === undefined) {
    throw malformed(`Static host definition in IPv4 network '${network}' must have mac or name attribute`);
  }
  if (host.ip === undefined) {
    throw malformed(`Missing IP address in static host definition for network '${network}'`);
  }
}

/** @throws VirError XML_ERROR when an entry does not say which host it means */
export function checkPartialDhcpHost(network: string, host: DhcpHost): void {
  if (host.mac !== undefined || host.name !== undefined || host.ip !== undefined) return;
  throw VirError.of(
    'XML_ERROR',
    `At least one of name, mac, or ip attribute must be specified for static host definition in network '${network}' `,
  );
}

const bootp = element('bootp', {
  file: optional(attr(string)),
  server: optional(attr(string)),
});

/** `<dhcp>`. */
export function dhcp(network: string) {
  return element('dhcp', {
    ranges: children(dhcpRange(network)),
    hosts: children(dhcpHost(network)),
    bootp: optional(child(bootp)),
  });
}
export type Dhcp = Infer<ReturnType<typeof dhcp>>;
