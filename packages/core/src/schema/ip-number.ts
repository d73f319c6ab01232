import { type Scalar, string } from '../xml/scalars.js';

export type IpFamily = 'ipv4' | 'ipv6';

/** An address as a number, so that it can be counted and masked. */
export interface IpAddress {
  readonly family: IpFamily;
  readonly value: bigint;
}

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

export function ipBits(family: IpFamily): number {
  return family === 'ipv4' ? 32 : 128;
}

/** Undefined when `text` is no address. */
export function parseIp(text: string): IpAddress | undefined {
  const v4 = parseV4(text);
  if (v4 !== undefined) return { family: 'ipv4', value: v4 };
  const v6 = parseV6(text);
  return v6 === undefined ? undefined : { family: 'ipv6', value: v6 };
}

function parseV4(text: string): bigint | undefined {
  const bytes = V4.exec(text)?.slice(1).map(Number);
  if (bytes === undefined || bytes.some((it) => it > 255)) return undefined;
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')).flatMap(groupsIn));
  if (head === undefined) return undefined;
  const given = [...head, ...(tail ?? [])];
  const fits = tail === undefined ? given.length === 8 : given.length < 8;
  if (!fits || given.some((it) => !/^[0-9a-f]{1,4}$/i.test(it))) return undefined;
  const zeros = Array.from({ length: 8 - given.length }, () => '0');
  return [...head, ...zeros, ...(tail ?? [])].reduce((sum, it) => (sum << 16n) | BigInt(`0x${it}`), 0n);
}

/** The last 32 bits may be written as an address of IPv4. Only whether the place is the last is not looked at. */
function groupsIn(part: string): readonly string[] {
  const v4 = parseV4(part);
  return v4 === undefined ? [part] : [(v4 >> 16n).toString(16), (v4 & 0xffffn).toString(16)];
}

/** As inet_ntop(3) writes it. */
export function formatIp({ family, value }: IpAddress): string {
  if (family === 'ipv4') return dotted(value);
  const groups = Array.from({ length: 8 }, (_, at) => (value >> BigInt(112 - 16 * at)) & 0xffffn);
  if (value >> 32n === 0xffffn) return `::ffff:${dotted(value & 0xffff_ffffn)}`;
  const words = groups.map((it) => it.toString(16));
  const [start, length] = longestZeros(groups);
  if (length < 2) return words.join(':');
  return `${words.slice(0, start).join(':')}::${words.slice(start + length).join(':')}`;
}

function dotted(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
}

function longestZeros(groups: readonly bigint[]): readonly [start: number, length: number] {
  let [bestStart, best, run] = [0, 0, 0];
  for (const [at, group] of groups.entries()) {
    run = group === 0n ? run + 1 : 0;
    if (run > best) [bestStart, best] = [at - run + 1, run];
  }
  return [bestStart, best];
}

/** Ones in the first `prefix` bits. */
export function maskOf(family: IpFamily, prefix: number): IpAddress {
  const bits = ipBits(family);
  const all = (1n << BigInt(bits)) - 1n;
  return { family, value: all ^ ((1n << BigInt(bits - prefix)) - 1n) };
}

/** How many bits a mask covers; undefined when it has holes. */
export function prefixOfMask(mask: IpAddress): number | undefined {
  const bits = ipBits(mask.family);
  for (let prefix = 0; prefix <= bits; prefix++) {
    if (maskOf(mask.family, prefix).value === mask.value) return prefix;
  }
  return undefined;
}

/** The first address of the subnet that holds `address`. */
export function subnetOf(address: IpAddress, prefix: number): IpAddress {
  return { family: address.family, value: address.value & maskOf(address.family, prefix).value };
}

/** The last address of the subnet that holds `address`: of IPv4, its broadcast address. */
export function lastOfSubnet(address: IpAddress, prefix: number): IpAddress {
  const hostBits = (1n << BigInt(ipBits(address.family) - prefix)) - 1n;
  return { family: address.family, value: address.value | hostBits };
}

export function sameIp(one: IpAddress | undefined, other: IpAddress | undefined): boolean {
  return one?.family === other?.family && one?.value === other?.value;
}

/** An address of IPv4 or IPv6, printed in its shortest form. */
export const ipNumber: Scalar<IpAddress> = {
  shape: string.shape,
  expected: '',
  parse: parseIp,
  format: formatIp,
};
