import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testDomain } from '../support/domain-xml.js';
import { inGuest } from '../support/guest-shell.js';
import { NetworkNamespace } from '../support/network-namespace.js';
import { eventually, startStack, type TestStack } from '../support/stack.js';

// Real guests on real bridges, in namespaces that the test makes: `host` has the daemons and guests, `outside` is the world.

const isRoot = process.getuid?.() === 0;
const LAN = `<network><name>lan</name><forward/><bridge name='lan0'/><domain name='lan.test' localOnly='yes'/>
  <ip address='10.77.0.1' prefix='24'><dhcp><range start='10.77.0.10' end='10.77.0.99'/>
  <host mac='52:54:00:00:00:01' name='first' ip='10.77.0.50'/></dhcp></ip>
  <ip family='ipv6' address='fd77::1' prefix='64'/></network>`;
const ALONE = `<network><name>alone</name><bridge name='alone0'/>
  <ip address='10.78.0.1' prefix='24'><dhcp><range start='10.78.0.10' end='10.78.0.20'/></dhcp></ip></network>`;

const card = (network: string, mac: string, more = ''): string =>
  `<interface type='network'><mac address='52:54:00:00:00:${mac}'/><source network='${network}'/>
   <model type='virtio'/>${more}</interface>`;

describe.skipIf(!isRoot)('guests on virtual networks (needs root)', () => {
  let host: NetworkNamespace;
  let outside: NetworkNamespace;
  let stack: TestStack;
  let before: string;

  beforeAll(async () => {
    host = await NetworkNamespace.make();
    outside = await NetworkNamespace.make();
    await host.ok('ip', 'link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', outside.name);
    await host.ok('ip', 'addr', 'add', '192.0.2.1/24', 'dev', 'up0');
    await host.ok('ip', 'link', 'set', 'up0', 'up');
    await outside.ok('ip', 'addr', 'add', '192.0.2.2/24', 'dev', 'eth0');
    await outside.ok('ip', 'link', 'set', 'eth0', 'up');
    stack = await startStack({ wrapper: host.wrapper });
    before = await footprint();
  }, 180_000);

  afterAll(async () => {
    for (const name of ['lan', 'alone']) await stack?.virsh('net-destroy', name);
    await stack?.close();
    await outside?.close();
    await host?.close();
  }, 120_000);

  /** What networks leave on a host, if they leave anything. */
  async function footprint(): Promise<string> {
    const links = await host.links();
    const rules = (await host.ok('iptables-save'))
      .split('\n')
      .filter((line) => /lan0|alone0|10\.7[78]\./.test(line));
    const files = await Promise.all(
      ['run/libvirt/network', 'var/lib/libvirt/dnsmasq', 'etc/libvirt/qemu/networks'].map(async (it) =>
        (await readdir(join(stack.root, it), { recursive: true }).catch(() => []))
          .filter((name) => !/autostart|driver\.pid|leaseshelper/.test(name))
          .sort(),
      ),
    );
    return JSON.stringify({ links, rules, files });
  }

  async function file(name: string, text: string): Promise<string> {
    const path = join(stack.root, name);
    await writeFile(path, text);
    return path;
  }

  async function boot(name: string, devices: string): Promise<void> {
    await stack.ok('create', await file(`${name}.xml`, testDomain({ name, cmdline: 'ip=dhcp', devices })));
  }

  const reaches = async (guest: string, address: string): Promise<boolean> =>
    (await inGuest(stack, guest, `ping -c 1 -W 5 ${address} >/dev/null`)).status === 0;

  /** Fails with what the guest knows of its network. */
  async function eventuallyReaches(guest: string, address: string): Promise<void> {
    try {
      await eventually(
        `${guest} reaches ${address}`,
        async () => (await reaches(guest, address)) || undefined,
      );
    } catch (error) {
      const { text } = await inGuest(stack, guest, 'ip addr; ip route; ip neigh; dmesg | tail -3');
      throw new Error(`${guest} does not reach ${address}:\n${text}`, { cause: error });
    }
  }

  test('a guest whose network is not active says so, and nothing is left', async () => {
    await stack.ok('net-define', await file('lan.xml', LAN));
    const path = await file('first.xml', testDomain({ name: 'first', devices: card('lan', '01') }));
    expect((await stack.virsh('create', path)).stderr).toContain("network 'lan' is not active");
    const none = await file('none.xml', testDomain({ name: 'none', devices: card('nix', '01') }));
    expect((await stack.virsh('create', none)).stderr).toContain("no network with matching name 'nix'");
    expect(await host.links()).toEqual(['lo', 'up0']);
  });

  test('a guest that starts is on the bridge, and shows it', async () => {
    await stack.ok('net-start', 'lan');
    await boot('first', card('lan', '01', "<bandwidth><inbound average='1000'/></bandwidth>"));
    await boot('second', card('lan', '02'));
    expect(await stack.ok('domiflist', 'first')).toMatch(
      /vnet0\s+network\s+lan\s+virtio\s+52:54:00:00:00:01/,
    );
    const live = await stack.ok('dumpxml', 'first');
    expect(live).toMatch(/<source network='lan' portid='[-0-9a-f]{36}' bridge='lan0'\/>/);
    expect(await stack.ok('net-port-list', 'lan')).toMatch(/[-0-9a-f]{36}\s+[-0-9a-f]{36}/);
    const limits = await host.ok('tc', 'class', 'show', 'dev', 'vnet0');
    expect(limits).toContain('rate 8Mbit');
  });

  test('it has its lease, its name, its gateway, the world and a router for IPv6', async () => {
    const lease = await eventually('a lease', async () => {
      const text = await stack.ok('domifaddr', 'first');
      return text.includes('10.77.0.50/24') ? text : undefined;
    });
    expect(lease).toContain('52:54:00:00:00:01');
    await eventuallyReaches('first', '10.77.0.1');
    const named = await inGuest(stack, 'second', 'nslookup first.lan.test 10.77.0.1');
    expect(named.text).toContain('10.77.0.50');
    await eventuallyReaches('second', '10.77.0.50');
    expect(await reaches('first', '192.0.2.2')).toBe(true);
    await eventually('an address by router advertisement', async () => {
      const { text } = await inGuest(stack, 'first', 'ip -6 addr show dev eth0');
      return text.includes('fd77::') ? true : undefined;
    });
    const arp = await stack.ok('domifaddr', 'first', '--source', 'arp');
    expect(arp).toContain('10.77.0.50');
  }, 120_000);

  test('an isolated network stays isolated', async () => {
    await stack.ok('net-define', await file('alone.xml', ALONE));
    await stack.ok('net-start', 'alone');
    await boot('third', card('alone', '03'));
    await eventuallyReaches('third', '10.78.0.1');
    expect(await reaches('third', '192.0.2.2')).toBe(false);
    expect(await reaches('third', '10.77.0.50')).toBe(false);
    await stack.ok('destroy', 'third');
  }, 120_000);

  test('daemons that are killed come back to the same guests and ports', async () => {
    const ports = await stack.ok('net-port-list', 'lan');
    for (const daemon of ['virtqemud', 'virtnetworkd']) {
      process.kill(await stack.pidOf(daemon), 'SIGKILL');
    }
    await host.ok('ip', 'link', 'set', 'vnet0', 'nomaster');
    await stack.up();
    expect(await stack.ok('net-port-list', 'lan')).toBe(ports);
    await eventuallyReaches('first', '192.0.2.2');
    expect(await stack.ok('domiflist', 'first')).toContain('vnet0');
  }, 120_000);

  test('a network that is started again gets its guests back', async () => {
    await stack.ok('net-destroy', 'lan');
    await stack.ok('net-start', 'lan');
    await eventuallyReaches('first', '192.0.2.2');
    await eventually('both ports', async () => {
      const lines = (await stack.ok('net-port-list', 'lan')).split('\n').filter((it) => it.trim() !== '');
      return lines.length === 2 ? true : undefined;
    });
  }, 120_000);

  test('rules that are flushed are put back, and a policy of others does not cut guests off', async () => {
    for (const table of ['filter', 'nat', 'mangle']) await host.ok('iptables', '-t', table, '-F');
    await host.ok('iptables', '-P', 'FORWARD', 'DROP');
    await eventuallyReaches('first', '192.0.2.2');
    await host.ok('iptables', '-I', 'FORWARD', '-o', 'lan0', '-j', 'REJECT');
    const log = join(stack.root, 'var/log/libvirt/virtnetworkd.log');
    await eventually('the rule is named', async () => {
      const text = await readFile(log, 'utf8');
      return text.includes('ipv4 filter FORWARD: -o lan0 -j REJECT') ? true : undefined;
    });
    await host.ok('iptables', '-D', 'FORWARD', '-o', 'lan0', '-j', 'REJECT');
    await host.ok('iptables', '-P', 'FORWARD', 'ACCEPT');
  }, 120_000);

  test('a dnsmasq that is killed is started again and knows its leases', async () => {
    const pid = Number(await readFile(join(stack.root, 'run/libvirt/network/lan.pid'), 'utf8'));
    process.kill(pid, 'SIGKILL');
    await eventually('names are known again', async () => {
      const { text } = await inGuest(stack, 'second', 'nslookup first.lan.test 10.77.0.1');
      return text.includes('10.77.0.50') ? true : undefined;
    });
  }, 120_000);

  test('nothing is left behind', async () => {
    for (const name of ['first', 'second']) await stack.ok('destroy', name);
    expect(await stack.ok('net-port-list', 'lan')).toMatch(/^\s*$/);
    for (const name of ['lan', 'alone']) {
      await stack.ok('net-destroy', name);
      await stack.ok('net-undefine', name);
    }
    expect(await footprint()).toBe(before);
  });
});
