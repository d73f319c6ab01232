import { VirError } from '../errors/vir-error.js';
import { attr } from '../xml/attribute.js';
import { children, element, type Infer } from '../xml/element.js';
import { optional } from '../xml/field.js';
import { string, uint } from '../xml/scalars.js';
import { ipAddress } from './ip-address.js';

function checkPrefix({ address, prefix = 0 }: { readonly address: string; readonly prefix?: number }): void {
  if (prefix <= (address.includes(':') ? 128 : 32)) return;
  throw VirError.of('XML_ERROR', `Invalid prefix value '${prefix}' in <ip>`);
}

const ipBody = {
  address: attr(ipAddress, {
    missing: () => VirError.of('XML_ERROR', 'Missing required address in <ip>'),
    invalid: (value) => VirError.of('XML_ERROR', `Invalid address '${value}' in <ip>`),
  }),
  family: optional(attr(string)),
  prefix: optional(attr(uint('bits'), { absent: '0' })),
  peer: optional(attr(string)),
};

/** `<ip>` of an interface; its family is what its address shows. */
export const ip = element('ip', ipBody, {
  check: checkPrefix,
  adjust: (value) => ({ ...value, family: value.address.includes(':') ? 'ipv6' : 'ipv4' }),
});

/** `<route>`. */
export const route = element('route', {
  family: optional(attr(string)),
  address: attr(string),
  netmask: optional(attr(string)),
  prefix: optional(attr(uint('bits'))),
  gateway: attr(string),
  metric: optional(attr(uint())),
});

/** Addresses and routes of one side of an interface. */
export const ipInfo = { ips: children(ip), routes: children(route) };
export type Ip = Infer<typeof ip>;
export type Route = Infer<typeof route>;
