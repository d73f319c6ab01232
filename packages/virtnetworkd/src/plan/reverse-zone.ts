import { VirError } from '@modvirt/core/errors';
import { type IpAddress, ipBits } from '@modvirt/core/schema';

/**
 * The zone in which the names of a subnet's addresses are.
 *
 * @throws VirError CONFIG_UNSUPPORTED when the subnet is not one zone
 */
export function reverseZone({ family, value }: IpAddress, prefix: number): string {
  const [digitBits, base, suffix] =
    family === 'ipv4' ? ([8, 10, 'in-addr'] as const) : ([4, 16, 'ip6'] as const);
  if (prefix === 0 || prefix % digitBits !== 0) {
    const version = family === 'ipv4' ? 'IPv4' : 'IPv6';
    throw VirError.of(
      'CONFIG_UNSUPPORTED',
      `PTR domain for ${version} network with prefix ${prefix} cannot be automatically created`,
      { domain: 'NETWORK' },
    );
  }
  const bits = ipBits(family);
  const mask = (1n << BigInt(digitBits)) - 1n;
  const digits = Array.from({ length: prefix / digitBits }, (_, at) => {
    const shift = BigInt(bits - digitBits * (at + 1));
    return ((value >> shift) & mask).toString(base);
  });
  return `${digits.reverse().join('.')}.${suffix}.arpa`;
}
