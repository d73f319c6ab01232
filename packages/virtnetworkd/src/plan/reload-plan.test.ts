import { parseNetwork } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { reloadPlan } from './reload-plan.js';

const newUuid = () => '00000000-0000-4000-8000-000000000001' as Uuid;
const network = (more: string, forward = '<forward/>', bridge = 'br0') =>
  parseNetwork(
    `<network><name>lan</name>${forward}<bridge name='${bridge}'/><mac address='52:54:00:00:00:01'/>${more}</network>`,
    { newUuid },
  );
const ip = (address: string, inner = '') => `<ip address='${address}' prefix='24'>${inner}</ip>`;
const before = network(ip('10.0.0.1'));

test('nothing changes into the same', () => {
  const plan = reloadPlan(before, network(ip('10.0.0.1')), 'br0');
  expect(plan).toMatchObject({
    remakes: false,
    links: [],
    changes: [],
    interruptions: [],
    dnsmasq: 'nothing',
  });
});

test('an address changes on the bridge that is there', () => {
  const plan = reloadPlan(before, network(ip('10.0.1.1')), 'br0');
  expect(plan.links).toEqual(['addr del 10.0.0.1/24 dev br0', 'addr add 10.0.1.1/24 broadcast + dev br0']);
  expect(plan).toMatchObject({ remakes: false, changesFirewall: true, dnsmasq: 'nothing' });
  expect(plan.interruptions).toEqual([
    'guests that use 10.0.0.1/24 as their gateway must ask for a new lease',
  ]);
});

test('hosts are read again, ranges need another dnsmasq', () => {
  const range = (inner: string) =>
    network(ip('10.0.0.1', `<dhcp><range start='10.0.0.9' end='10.0.0.99'/>${inner}</dhcp>`));
  const host = range("<host mac='52:54:00:00:00:02' ip='10.0.0.5'/>");
  expect(reloadPlan(range("<host mac='52:54:00:00:00:03' ip='10.0.0.6'/>"), host, 'br0').dnsmasq).toBe(
    'reread',
  );
  expect(reloadPlan(before, range(''), 'br0').dnsmasq).toBe('restart');
});

test('another bridge is another network for guests', () => {
  expect(reloadPlan(before, network(ip('10.0.0.1'), '<forward/>', 'br1'), 'br0').remakes).toBe(true);
});
