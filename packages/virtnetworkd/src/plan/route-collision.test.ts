import { parseNetwork } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { collidingDevice } from './route-collision.js';

const ROUTES = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`;

function networkOn(address: string) {
  const xml = `<network><name>lan</name><ip address='${address}' prefix='24'/></network>`;
  return parseNetwork(xml, { newUuid: () => '00000000-0000-4000-8000-000000000001' as Uuid });
}

test('a subnet that the host reaches already is in use', () => {
  expect(collidingDevice(networkOn('192.0.2.1'), ROUTES)).toBe('eth0');
  expect(collidingDevice(networkOn('192.0.3.1'), ROUTES)).toBeUndefined();
});
