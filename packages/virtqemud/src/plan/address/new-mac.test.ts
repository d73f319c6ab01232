import { expect, test } from 'vitest';
import { newMac } from './new-mac.js';

test('a new address has the prefix of QEMU and three random bytes', () => {
  let next = 0x0a;
  const random = { bytes: (count: number) => new Uint8Array(count).fill(next++), uuid: () => expect.fail() };
  expect(newMac(random)).toBe('52:54:00:0a:0b:0c');
});
