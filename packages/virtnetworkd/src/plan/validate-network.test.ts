import { parseNetwork } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { checkNetwork } from './validate-network.js';

function check(inner: string): void {
  const xml = `<network><name>lan</name>${inner}</network>`;
  checkNetwork(parseNetwork(xml, { newUuid: () => '00000000-0000-4000-8000-000000000001' as Uuid }));
}

test.each([
  "<bridge name='br0&#10;link del dev eth0'/>",
  "<bridge name='br0 type dummy'/>",
  "<bridge name='-br0'/>",
  "<bridge name='..'/>",
  "<bridge name='a-name-that-is-too-long'/>",
  "<forward mode='route' dev='eth0;x'/><ip address='10.0.0.1' prefix='24'/>",
])('refuses a device name that the kernel would not take: %s', (inner) => {
  expect(() => check(inner)).toThrow(/invalid device name/);
});

test('takes usual names and templates', () => {
  check("<bridge name='virbr%d'/>");
  check("<forward mode='bridge'/><bridge name='br-0.7'/>");
});

test('only one address of a family has DHCP', () => {
  const ip = (at: number) =>
    `<ip address='10.0.${at}.1' prefix='24'><dhcp><range start='10.0.${at}.2' end='10.0.${at}.9'/></dhcp></ip>`;
  expect(() => check(ip(1) + ip(2))).toThrow(/Multiple IPv4 dhcp sections found/);
});
