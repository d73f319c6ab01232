import { parseNetwork } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { iptablesForwards } from './firewall/forward-rules.js';
import { portForwards } from './port-forwards.js';

const newUuid = () => '00000000-0000-4000-8000-000000000001' as Uuid;
const network = (forwards: string, mode = '<forward/>') =>
  parseNetwork(
    `<network><name>lan</name><metadata><f:forwards xmlns:f='urn:modvirt:forwards'>${forwards}</f:forwards></metadata>
     ${mode}<bridge name='br0'/><ip address='10.0.0.1' prefix='24'/><ip family='ipv6' address='fd00::1' prefix='64'/></network>`,
    { newUuid },
  );
const rules = (forwards: string) =>
  iptablesForwards({ network: network(forwards), bridge: 'br0' }).map(
    ({ layer, table, chain, words }) => `${layer} ${table} ${chain} ${words.join(' ')}`,
  );

test('a port of the host is a port of a guest, from outside, from guests and from the host itself', () => {
  expect(rules("<f:forward port='8080' to='10.0.0.5' toPort='80'/>")).toEqual([
    'ipv4 nat MODVIRT_FWD -p tcp -m tcp --dport 8080 -m addrtype --dst-type LOCAL -j DNAT --to-destination 10.0.0.5:80',
    'ipv4 filter LIBVIRT_FWI -d 10.0.0.5 -p tcp -m tcp --dport 80 -o br0 -m conntrack --ctstate DNAT -j ACCEPT',
    'ipv4 nat LIBVIRT_PRT -s 10.0.0.0/24 -d 10.0.0.5 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -j MASQUERADE',
    'ipv4 nat LIBVIRT_PRT -s 127.0.0.0/8 -o br0 -d 10.0.0.5 -p tcp -m tcp --dport 80 -m conntrack --ctstate DNAT -j MASQUERADE',
    'ipv4 filter LIBVIRT_INP -i br0 -d 127.0.0.0/8 -m conntrack --ctstate NEW -j DROP',
  ]);
});

test('ranges and IPv6', () => {
  const [first] = rules("<f:forward proto='udp' port='5000-5009' address='fd00::1' to='fd00::5'/>");
  expect(first).toBe(
    'ipv6 nat MODVIRT_FWD -d fd00::1 -p udp -m udp --dport 5000:5009 -m addrtype --dst-type LOCAL -j DNAT --to-destination [fd00::5]:5000-5009',
  );
});

test.each([
  ["<f:forward port='0' to='10.0.0.5'/>", "invalid port '0'"],
  ["<f:forward port='80 -j ACCEPT' to='10.0.0.5'/>", "invalid port '80 -j ACCEPT'"],
  ["<f:forward port='80' to='10.1.0.5'/>", "address 10.1.0.5 outside of the network's subnets"],
  ["<f:forward port='80'/>", "missing attribute 'to'"],
  ["<f:forward proto='icmp' port='80' to='10.0.0.5'/>", "unknown protocol 'icmp'"],
  ["<f:forward port='80' to='10.0.0.5' address='fd00::1'/>", 'two address families'],
  ["<f:forward port='80-90' to='10.0.0.5' toPort='80'/>", 'two ranges of unequal length'],
  ["<f:forward port='1-9' to='10.0.0.5'/><f:forward port='9' to='10.0.0.6'/>", 'tcp port 9 is taken twice'],
])('refuses %s', (forwards, why) => {
  expect(() => portForwards(network(forwards))).toThrow(`${why} in a port forward of network 'lan'`);
});

test('a network that forwards nothing has no forwards', () => {
  expect(() => portForwards(network("<f:forward port='80' to='10.0.0.5'/>", ''))).toThrow(
    /nat, route or open only/,
  );
});
