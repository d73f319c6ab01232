import { parseNetwork } from '@modvirt/core/schema';
import type { Uuid } from '@modvirt/core/wire';
import { expect, test } from 'vitest';
import { dnsmasqFiles } from './dnsmasq-config.js';

const newUuid = () => '00000000-0000-4000-8000-000000000001' as Uuid;

function filesOf(inner: string) {
  const xml = `<network><name>lan</name><bridge name='br7'/>${inner}</network>`;
  return dnsmasqFiles(parseNetwork(xml, { newUuid }), { directory: '/d', pidFile: '/r/lan.pid' });
}

test('an isolated network leads nowhere', () => {
  const { conf, hosts } = filesOf("<ip address='10.1.2.1' prefix='24'/>");
  expect(hosts).toBeUndefined();
  expect(conf.split('\n').slice(6)).toEqual([
    'strict-order',
    'pid-file=/r/lan.pid',
    'except-interface=lo',
    'bind-dynamic',
    'interface=br7',
    'dhcp-option=3',
    'no-resolv',
    'ra-param=*,0,0',
    'addn-hosts=/d/lan.addnhosts',
    '',
  ]);
});

test('hosts of both families stand in one file', () => {
  const { conf, hosts } = filesOf(`<ip address='10.1.2.1' prefix='24'><dhcp>
    <host mac='52:54:00:00:00:01' name='a' ip='10.1.2.9'><lease expiry='5'/></host></dhcp></ip>
    <ip family='ipv6' address='fd00::1' prefix='64'><dhcp><host id='0:1' name='b' ip='fd00::9'/></dhcp></ip>`);
  expect(hosts).toBe('52:54:00:00:00:01,10.1.2.9,a,5m\nid:0:1,b,[fd00::9]\n');
  expect(conf).toContain('dhcp-range=10.1.2.1,static\ndhcp-no-override\n');
  expect(conf).toContain('dhcp-range=fd00::1,static,64\ndhcp-hostsfile=/d/lan.hostsfile\n');
});

test('a value cannot begin a line of its own', () => {
  expect(() => filesOf("<dns><txt name='a' value='x&#10;dhcp-script=/bin/evil'/></dns>")).toThrow(
    /control characters are not allowed/,
  );
});

test('a host name cannot begin a line of its own', () => {
  const host = "<host mac='52:54:00:00:00:01' name='a&#10;52:54:00:00:00:02,10.1.2.1' ip='10.1.2.9'/>";
  expect(() => filesOf(`<ip address='10.1.2.1' prefix='24'><dhcp>${host}</dhcp></ip>`)).toThrow(
    /control characters are not allowed/,
  );
});
