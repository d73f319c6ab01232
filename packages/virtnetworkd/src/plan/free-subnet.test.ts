import { formatIp, parseNetwork } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { isShippedDefault, onFreeSubnet } from './free-subnet.js';

const newUuid = () => '00000000-0000-4000-8000-000000000001' as Uuid;
const read = (xml: string) => parseNetwork(xml, { newUuid });
const shipped = (more = '') =>
  read(`<network><name>default</name><forward/><bridge name='virbr0'/><ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.122.2' end='192.168.122.254'/>${more}</dhcp></ip></network>`);

test('the shipped network moves to the first subnet that the host does not have', () => {
  const routes = `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask
eth0\t007AA8C0\t0\t1\t0\t0\t0\t00FFFFFF
eth1\t007BA8C0\t0\t1\t0\t0\t0\t00FFFFFF
`;
  const moved = onFreeSubnet(shipped(), routes, read);
  expect(moved?.ips.map((it) => formatIp(it.address))).toEqual(['192.168.124.1']);
  expect(moved?.ips[0]?.dhcp?.ranges.map((it) => formatIp(it.start))).toEqual(['192.168.124.2']);
});

test('what somebody has made his own stays where it is', () => {
  expect(isShippedDefault(shipped())).toBe(true);
  expect(isShippedDefault(shipped("<host mac='52:54:00:00:00:01' ip='192.168.122.5'/>"))).toBe(false);
});
