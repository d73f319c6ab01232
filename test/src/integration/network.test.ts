import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NetworkNamespace } from '../support/network-namespace.js';
import { eventually, startStack, type TestStack } from '../support/stack.js';

// Real bridges, packet filter and dnsmasq, in network namespaces that the test makes: one for the daemons, one for a guest.

const isRoot = process.getuid?.() === 0;
const MAC = '52:54:00:00:00:01';
const LAN = `<network><name>lan</name><forward/><bridge name='lan0'/><domain name='lan.test'/>
  <dns><host ip='10.77.0.1'><hostname>router</hostname></host></dns>
  <ip address='10.77.0.1' prefix='24'><dhcp><range start='10.77.0.10' end='10.77.0.99'/>
  <host mac='${MAC}' name='first' ip='10.77.0.50'/></dhcp></ip></network>`;

describe.skipIf(!isRoot)('virtual networks (needs root)', () => {
  let host: NetworkNamespace;
  let guest: NetworkNamespace;
  let stack: TestStack;

  beforeAll(async () => {
    host = await NetworkNamespace.make();
    guest = await NetworkNamespace.make();
    stack = await startStack({ wrapper: host.wrapper });
  });

  afterAll(async () => {
    await stack.virsh('net-destroy', 'lan');
    await stack.close();
    await guest.close();
    await host.close();
  });

  async function define(xml: string): Promise<void> {
    const file = join(stack.root, 'network.xml');
    await writeFile(file, xml);
    await stack.ok('net-define', file);
  }

  async function rules(): Promise<string> {
    const nft = existsSync('/usr/sbin/nft');
    const text = nft ? await host.ok('nft', 'list', 'ruleset') : await host.ok('iptables-save');
    return text
      .split('\n')
      .filter((line) => line.includes('lan0') || line.includes('10.77.0.0/24'))
      .join('\n');
  }

  async function dnsmasqPid(): Promise<number> {
    return Number(await readFile(join(stack.root, 'run/libvirt/network/lan.pid'), 'utf8'));
  }

  /** Plugs the guest's namespace in, as a tap would be. */
  async function plug(): Promise<void> {
    await host.ok('ip', 'link', 'add', 'port0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', guest.name);
    await host.ok('ip', 'link', 'set', 'port0', 'master', 'lan0', 'up');
    await guest.ok('ip', 'link', 'set', 'eth0', 'address', MAC, 'up');
  }

  async function lease(): Promise<string> {
    const script = join(stack.root, 'udhcpc.sh');
    await writeFile(script, '#!/bin/sh\n[ "$1" = bound ] && ip addr replace "$ip/24" dev eth0\nexit 0\n', {
      mode: 0o755,
    });
    const dhcp = ['udhcpc', '-i', 'eth0', '-n', '-q', '-f', '-t', '20', '-T', '1', '-s', script];
    const { stdout, stderr } = await guest.run('busybox', ...dhcp);
    return `${stdout}${stderr}`;
  }

  test('a network that starts has its bridge, rules and dnsmasq, and guests get their addresses', async () => {
    await define(LAN);
    await stack.ok('net-start', 'lan');
    expect(await host.links()).toEqual(['lan0', 'lo']);
    expect(await rules()).toMatch(/masquerade/i);
    await plug();
    expect(await lease()).toContain('10.77.0.50');
    // It asks for IPv6 too, and fails because there is none.
    const { stdout } = await guest.run('busybox', 'nslookup', 'router.lan.test', '10.77.0.1');
    expect(stdout).toMatch(/Name:\s+router\.lan\.test\s+Address: 10\.77\.0\.1/);
    const leases = await eventually('the lease is known', async () => {
      const text = await stack.ok('net-dhcp-leases', 'lan');
      return text.includes(MAC) ? text : undefined;
    });
    expect(leases).toContain('10.77.0.50/24');
  });

  test('what starts again is refused, and changes nothing', async () => {
    const { stderr } = await stack.virsh('net-start', 'lan');
    expect(stderr).toContain('network is already active');
    expect(await host.links()).toEqual(['lan0', 'lo', 'port0']);
  });

  test('hosts are changed while the network serves', async () => {
    const before = await dnsmasqPid();
    const entry = "<host mac='52:54:00:00:00:02' name='second' ip='10.77.0.51'/>";
    await stack.ok('net-update', 'lan', 'add', 'ip-dhcp-host', entry, '--live', '--config');
    expect(await dnsmasqPid()).toBe(before);
    expect(await stack.ok('net-dumpxml', 'lan', '--inactive')).toContain("ip='10.77.0.51'");
    const refused = await stack.virsh('net-update', 'lan', 'add', 'ip-dhcp-host', entry, '--live');
    expect(refused.stderr).toContain('there is an existing dhcp host entry in network');
    const evil = "<txt name='a' value='b&#10;dhcp-script=/bin/false'/>";
    const escaped = await stack.virsh('net-update', 'lan', 'add', 'dns-txt', evil, '--live', '--config');
    expect(escaped.stderr).toContain('control characters are not allowed');
    expect(await stack.ok('net-dumpxml', 'lan', '--inactive')).not.toContain('dhcp-script');
  });

  test('the daemon dies and the next one has the network, its rules and its dnsmasq', async () => {
    const before = await dnsmasqPid();
    process.kill(await stack.pidOf('virtnetworkd'), 'SIGKILL');
    await stack.up();
    expect(await stack.ok('net-list')).toContain('lan');
    expect(await dnsmasqPid()).toBe(before);
    const lines = (await rules()).split('\n');
    expect(new Set(lines).size).toBe(lines.length);
    expect(await lease()).toContain('10.77.0.50');
  });

  test('dnsmasq is killed and is started again', async () => {
    const before = await dnsmasqPid();
    process.kill(before, 'SIGKILL');
    await eventually('another dnsmasq', async () => ((await dnsmasqPid()) === before ? undefined : true));
    expect(await lease()).toContain('10.77.0.50');
  });

  test('a start that fails in the middle leaves nothing', async () => {
    await host.ok('ip', 'link', 'add', 'taken0', 'type', 'bridge');
    const before = await rules();
    await define(
      "<network><name>other</name><bridge name='taken0'/><ip address='10.78.0.1' prefix='24'/></network>",
    );
    const { stderr } = await stack.virsh('net-start', 'other');
    expect(stderr).toContain('error creating bridge interface taken0: File exists');
    expect(await stack.ok('net-list')).not.toContain('other');
    expect(await rules()).toBe(before);
    expect(await readdir(join(stack.root, 'run/libvirt/network'))).not.toContain('other.xml');
    await stack.ok('net-undefine', 'other');
    await host.ok('ip', 'link', 'del', 'taken0');
  });

  test('a guest has a port, which outlives the daemon and is known to the name service', async () => {
    const file = join(stack.root, 'port.xml');
    const uuid = '5d744f21-ba4a-4d6e-bdb2-30a35ff3207d';
    await writeFile(
      file,
      `<networkport><uuid>${uuid}</uuid><owner><name>first</name><uuid>d54df46f-1ab5-4a22-8618-4560ef5fac2c</uuid></owner>
      <mac address='${MAC}'/></networkport>`,
    );
    await stack.ok('net-port-create', 'lan', file);
    expect(await stack.ok('net-port-list', 'lan')).toContain(uuid);
    const macs = join(stack.root, 'var/lib/libvirt/dnsmasq/lan0.macs');
    expect(JSON.parse(await readFile(macs, 'utf8'))).toEqual([{ domain: 'first', macs: [MAC] }]);
    process.kill(await stack.pidOf('virtnetworkd'), 'SIGKILL');
    await stack.up();
    const port = await stack.ok('net-port-dumpxml', 'lan', uuid);
    expect(port).toContain("<plug type='network' bridge='lan0'/>");
    await stack.ok('net-port-delete', 'lan', uuid);
    expect(JSON.parse(await readFile(macs, 'utf8'))).toEqual([]);
  });

  test('a subnet that the host has already is refused', async () => {
    await define(
      "<network><name>twin</name><bridge name='twin0'/><ip address='10.77.0.2' prefix='24'/></network>",
    );
    const { stderr } = await stack.virsh('net-start', 'twin');
    expect(stderr).toContain('Network is already in use by interface lan0');
    await stack.ok('net-undefine', 'twin');
  });

  test('clients are told what happens to networks', async () => {
    const told = stack.ok('net-event', '--event', 'lifecycle', '--loop', '--timeout', '4');
    // Whoever asks late misses what was before: it is done until the listener ends.
    let isOver = false;
    void told.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await define("<network><name>told</name><bridge name='told0'/></network>");
      await stack.ok('net-undefine', 'told');
    }
    expect(await told).toMatch(/told: Defined[\s\S]*told: Undefined/);
  });

  test('a network that is destroyed leaves nothing', async () => {
    const dnsmasq = await dnsmasqPid();
    await stack.ok('net-destroy', 'lan');
    await stack.ok('net-undefine', 'lan');
    expect(await host.links()).toEqual(['lo', 'port0']);
    expect(await rules()).toBe('');
    expect(await host.processes()).not.toContain(dnsmasq);
    expect((await readdir(join(stack.root, 'run/libvirt/network'))).sort()).toEqual([
      'autostarted',
      'driver.pid',
    ]);
    expect(await readdir(join(stack.root, 'var/lib/libvirt/dnsmasq'))).toEqual(['leaseshelper']);
    expect(await readdir(join(stack.root, 'etc/libvirt/qemu/networks'))).toEqual([]);
    expect((await stack.virsh('net-info', 'lan')).stderr).toContain("no network with matching name 'lan'");
  });
});
