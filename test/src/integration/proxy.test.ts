import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ProxyStack } from '../support/proxy-stack.js';
import { output } from '../support/stack.js';

let stack: ProxyStack;

beforeAll(async () => {
  stack = await ProxyStack.build();
});
afterEach(() => stack.down());
afterAll(() => stack.remove());

const virsh = (...words: string[]) => output('virsh', ['-q', '-c', stack.uri, ...words]);
const virtAdmin = (...words: string[]) =>
  output('virt-admin', ['-c', `libvirtd:///system?socket=${stack.adminSocket}`, ...words]);

test('virsh connects and asks', async () => {
  await stack.up();
  expect((await virsh('list', '--all')).stdout).toMatch(/^ 1 +guest +running\n$/);
  expect((await virsh('hostname')).stdout).toBe('plain\n');
  expect((await virsh('dominfo', 'nobody')).stderr).toContain("error: failed to get domain 'nobody'");
  expect((await virsh('net-list')).stderr).toContain(
    'this function is not supported by the connection driver: virConnectNumOfNetworks',
  );
});

test('virt-admin looks after the daemon', async () => {
  await stack.up();
  for (const c of [
    ['server-list'],
    ['version'],
    ['client-list', 'libvirtd'],
    ['server-threadpool-info', 'virtproxyd'],
    ['server-clients-info', 'libvirtd'],
    ['client-list', 'admin'],
    ['client-info', 'admin', '2'],
    ['daemon-log-outputs'],
    ['daemon-log-filters', '1:foo'],
    ['daemon-log-filters'],
    ['daemon-log-outputs', `1:file:${stack.root}/log`],
    ['daemon-log-outputs'],
    ['daemon-log-outputs', '1:journald'],
    ['server-update-tls', 'libvirtd'],
    ['server-clients-set', 'libvirtd', '--max-clients', '5'],
    ['daemon-timeout', '--timeout', '3'],
  ])
    console.log(c.join(' '), JSON.stringify(await virtAdmin(...c)));
});
