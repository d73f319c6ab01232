import { expect, test } from 'vitest';
import { overview } from './overview.js';

test('shows each socket on a line of its own, below the directory that all have in common', () => {
  const text = overview(
    [
      {
        name: 'virtproxyd',
        pid: 42,
        state: 'running',
        sockets: ['/r/run/libvirt/libvirt-sock', '/r/run/libvirt/libvirt-sock-ro'],
        rssKiB: 50_000,
        version: '0.1.0',
      },
      {
        name: 'virtqemud',
        pid: null,
        state: 'activated',
        sockets: ['/r/run/libvirt/rpc/virtqemud.sock'],
        rssKiB: null,
        version: null,
      },
    ],
    '/r/run/libvirt',
  );
  expect(text.split('\n').map((line) => line.trim().split(/\s+/))).toEqual([
    ['daemon', 'pid', 'state', 'memory', 'sockets', 'in', '/r/run/libvirt'],
    ['virtproxyd', '42', 'running', '49', 'MB', 'libvirt-sock'],
    ['libvirt-sock-ro'],
    ['virtqemud', '-', 'activated', '-', 'rpc/virtqemud.sock'],
  ]);
});
