import { expect, test } from 'vitest';
import { median, type Samples, summarize, table } from './report.js';

test('The median of an even number lies between the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([9, 1, 3])).toBe(3);
});

test('A ratio above 1 says that ours is ahead, whichever way the row counts', () => {
  const samples: Samples = new Map([
    ['open', { ours: [200, 220], libvirtd: [100, 110] }],
    ['list', { ours: [50], libvirtd: [100] }],
  ]);
  expect(summarize(samples).map(({ row, ratio }) => [row, ratio])).toEqual([
    ['open', 2],
    ['list', 2],
  ]);
});

test('The best round is the quickest, or the one with most per second', () => {
  const [open, list] = summarize(
    new Map([
      ['open', { ours: [200, 220] }],
      ['list', { ours: [50, 40] }],
    ]),
  );
  expect(open?.ours?.best).toBe(220);
  expect(list?.ours?.best).toBe(40);
});

test('Without libvirtd the table has its columns empty', () => {
  const results = summarize(new Map([['open', { ours: [200] }]]));
  expect(results[0]).not.toHaveProperty('ratio');
  expect(table(results)).toMatch(/open +connect, open, close, \/s +200 +200 +- +- +-$/m);
});
