import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIp, lastOfSubnet, maskOf, parseIp, prefixOfMask, subnetOf } from './ip-number.js';

function shown(text: string): string | undefined {
  const address = parseIp(text);
  return address && formatIp(address);
}

function ip(text: string) {
  const address = parseIp(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return address;
}

describe('addresses', () => {
  test.each([
    ['192.168.122.1', '192.168.122.1'],
    ['FD00:0:0::01', 'fd00::1'],
    ['2001:db8:ac10:fd01::1:20', '2001:db8:ac10:fd01::1:20'],
    ['::', '::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
  ])('prints %s in its shortest form', (written, printed) => {
    expect(shown(written)).toBe(printed);
  });

  test.each(['', '1.2.3', '256.1.1.1', '192.168.122.333', ':::', '1::2::3', '1:2:3', '12345::', 'x'])(
    'refuses %j',
    (text) => {
      expect(parseIp(text)).toBeUndefined();
    },
  );

  test('reading what was printed gives the same number', () => {
    const value = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n });
    fc.assert(
      fc.property(value, (it) => {
        expect(parseIp(formatIp({ family: 'ipv6', value: it }))).toEqual({ family: 'ipv6', value: it });
      }),
    );
  });
});

test('a subnet has a first and a last address', () => {
  expect(formatIp(subnetOf(ip('10.1.2.77'), 26))).toBe('10.1.2.64');
  expect(formatIp(lastOfSubnet(ip('10.1.2.77'), 26))).toBe('10.1.2.127');
  expect(formatIp(subnetOf(ip('fd00:1:2:3::9'), 64))).toBe('fd00:1:2:3::');
});

test('a mask without holes is a prefix', () => {
  expect(prefixOfMask(ip('255.255.255.0'))).toBe(24);
  expect(prefixOfMask(ip('255.0.255.0'))).toBeUndefined();
  expect(formatIp(maskOf('ipv4', 20))).toBe('255.255.240.0');
});
