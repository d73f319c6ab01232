import { expect, test } from 'vitest';
import { aesSeal } from './credentials.js';

const key = Uint8Array.from({ length: 32 }, (_it, at) => at);

test('what was sealed comes out as it was, and never looks the same twice', () => {
  const seal = aesSeal(key);
  const value = new TextEncoder().encode('correct horse');
  const [one, other] = [seal.close(value), seal.close(value)];
  expect(one).not.toEqual(other);
  expect(new Uint8Array(seal.open(one))).toEqual(value);
});

test('another key opens nothing', () => {
  const sealed = aesSeal(key).close(new Uint8Array(40));
  expect(() => aesSeal(new Uint8Array(32)).open(sealed)).toThrow();
});
