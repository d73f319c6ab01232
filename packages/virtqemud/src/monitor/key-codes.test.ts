import { expect, test } from 'vitest';
import { codeSetCount, keyNumber } from './key-codes.js';

const [LINUX, ATSET2, USB, WIN32, QNUM] = [0, 3, 7, 8, 9];

test.each([
  ['Enter', 0x1c, { [LINUX]: 28, [ATSET2]: 0x5a, [USB]: 40, [WIN32]: 0x0d, [QNUM]: 0x1c }],
  ['A', 0x1e, { [LINUX]: 30, [ATSET2]: 0x1c, [USB]: 4, [WIN32]: 0x41, [QNUM]: 0x1e }],
  ['right Control', 0x9d, { [LINUX]: 97, [USB]: 228, [WIN32]: 0xa3, [QNUM]: 0x9d }],
  ['Delete', 0xd3, { [LINUX]: 111, [USB]: 76, [WIN32]: 0x2e, [QNUM]: 0xd3 }],
])('finds %s in every set', (_name, number, codes) => {
  for (const [codeSet, code] of Object.entries(codes)) expect(keyNumber(Number(codeSet), code)).toBe(number);
});

test('knows no key for a code that has none', () => {
  expect(keyNumber(USB, 255)).toBeUndefined();
  expect(keyNumber(codeSetCount, 1)).toBeUndefined();
});
