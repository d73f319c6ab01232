import { expect, test } from 'vitest';
import { socketName } from './activator.js';
import { socketsOf, stackPaths } from './daemons.js';

test('every socket of a daemon has the name under which the daemon looks for it', () => {
  const paths = stackPaths('/r');
  const named = (name: 'virtproxyd' | 'virtqemud') =>
    socketsOf(paths, name).map((path) => [socketName(name, path), path.replace('/r/run/libvirt/', '')]);
  expect(named('virtproxyd')).toEqual([
    ['virtproxyd-rpc.socket', 'rpc/virtproxyd.sock'],
    ['virtproxyd.socket', 'libvirt-sock'],
    ['virtproxyd-ro.socket', 'libvirt-sock-ro'],
    ['virtproxyd-admin.socket', 'libvirt-admin-sock'],
  ]);
  expect(named('virtqemud')).toEqual([['virtqemud-rpc.socket', 'rpc/virtqemud.sock']]);
});
