import { expect, test } from 'vitest';
import { parseBalloonReport } from './balloon-queries.js';

test('leaves out what the guest does not tell', () => {
  const report = parseBalloonReport({
    stats: {
      'stat-free-memory': 4096,
      'stat-major-faults': 7,
      'stat-swap-in': 18_446_744_073_709_552_000,
    },
    'last-update': 12,
  });
  expect([...report.values]).toEqual([
    ['majorFault', 7n],
    ['unused', 4n],
  ]);
  expect(report.lastUpdate).toBe(12n);
});
