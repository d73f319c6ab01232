import { expect, test } from 'vitest';
import { formatLeases, parseLeases, withLease } from './lease-file.js';

const row = (address: string, expiry: number) => ({ 'ip-address': address, 'expiry-time': expiry });

test('an address is lent once, and is free when it is given back', () => {
  const first = withLease([], { action: 'add', row: row('10.0.0.2', 5) });
  const renewed = withLease(first, { action: 'old', row: row('10.0.0.2', 9) });
  expect(renewed).toEqual([row('10.0.0.2', 9)]);
  expect(withLease(renewed, { action: 'del', row: row('10.0.0.2', 9) })).toEqual([]);
  expect(parseLeases(formatLeases(renewed), 'f')).toEqual(renewed);
});

test('a file that is none is refused by its name', () => {
  expect(() => parseLeases('{', '/d/br0.status')).toThrow(/invalid json in file: \/d\/br0.status/);
  expect(parseLeases('', '/d/br0.status')).toEqual([]);
});
