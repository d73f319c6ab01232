import { expect, test } from 'vitest';
import { startTimeOf } from './proc-stat.js';

test('finds the start time behind a name with brackets and blanks', () => {
  const fields = Array.from({ length: 40 }, (_, index) => `${index}`).join(' ');
  expect(startTimeOf(`12 (a) b (c) ${fields}\n`)).toBe(19n);
});

test('knows no start time in what is cut off', () => {
  expect(startTimeOf('12 (name) S 1')).toBeUndefined();
});
